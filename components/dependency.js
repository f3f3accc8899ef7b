var __create = Object.create;
var __defProp = Object.defineProperty;
var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __getProtoOf = Object.getPrototypeOf;
var __hasOwnProp = Object.prototype.hasOwnProperty;
var __export = (target, all) => {
  for (var name in all)
    __defProp(target, name, { get: all[name], enumerable: true });
};
var __copyProps = (to, from, except, desc) => {
  if (from && typeof from === "object" || typeof from === "function") {
    for (let key of __getOwnPropNames(from))
      if (!__hasOwnProp.call(to, key) && key !== except)
        __defProp(to, key, { get: () => from[key], enumerable: !(desc = __getOwnPropDesc(from, key)) || desc.enumerable });
  }
  return to;
};
var __toESM = (mod, isNodeMode, target) => (target = mod != null ? __create(__getProtoOf(mod)) : {}, __copyProps(
  // If the importer is in node compatibility mode or this is not an ESM
  // file that has been converted to a CommonJS file using a Babel-
  // compatible transform (i.e. "__esModule" has not been set), then set
  // "default" to the CommonJS "module.exports" for node compatibility.
  isNodeMode || !mod || !mod.__esModule ? __defProp(target, "default", { value: mod, enumerable: true }) : target,
  mod
));
var __toCommonJS = (mod) => __copyProps(__defProp({}, "__esModule", { value: true }), mod);
var dependency_exports = {};
__export(dependency_exports, {
  after: () => after
});
module.exports = __toCommonJS(dependency_exports);
var pulumi = __toESM(require("@pulumi/pulumi"));
function after(resources, value) {
  const urns = resources.map((resource) => resource.urn);
  return pulumi.all([pulumi.output(urns), pulumi.output(value)]).apply(([, known]) => known);
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  after
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiZGVwZW5kZW5jeS50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7OztBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQSxhQUF3QjtBQU1qQixTQUFTLE1BQ2QsV0FDQSxPQUNpQztBQUNqQyxRQUFNLE9BQU8sVUFBVSxJQUFJLENBQUMsYUFBYSxTQUFTLEdBQUc7QUFDckQsU0FBTyxPQUFPLElBQUksQ0FBQyxPQUFPLE9BQU8sSUFBSSxHQUFHLE9BQU8sT0FBTyxLQUFLLENBQUMsQ0FBQyxFQUFFLE1BQU0sQ0FBQyxDQUFDLEVBQUUsS0FBSyxNQUFNLEtBQXlCO0FBQy9HOyIsCiAgIm5hbWVzIjogW10KfQo=
