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
var checkTree_exports = {};
__export(checkTree_exports, {
  checkTree: () => checkTree
});
module.exports = __toCommonJS(checkTree_exports);
var import_node_path = __toESM(require("node:path"));
var import_files = require("../host/files");
var import_errors = require("../run/errors");
async function checkTree(root, files, progress) {
  const expected = new Map(files.map((file) => [file.path, file]));
  const faults = [];
  let done = 0;
  for (const entry of (await (0, import_files.walkTree)(root)).filter(({ stats }) => !stats.isDirectory())) {
    const fault = await faultOf(root, entry, expected.get(entry.path));
    if (fault !== null) faults.push(`${entry.path} ${fault}`);
    expected.delete(entry.path);
    progress(done += entry.stats.size);
  }
  for (const name of expected.keys()) faults.push(`${name} is missing`);
  if (faults.length === 0) return;
  const more = faults.length > 5 ? `; and ${faults.length - 5} more` : "";
  throw new import_errors.Damaged(
    `the backup is not what its manifest says: ${faults.slice(0, 5).join("; ")}${more}. Nothing was put in place.`
  );
}
async function faultOf(root, entry, listed) {
  const { stats } = entry;
  if (!stats.isFile() || stats.nlink > 1) return "is a link or a device";
  if (listed === void 0) return "is not in the manifest";
  if (listed.bytes !== stats.size) return `has ${stats.size} bytes, not ${listed.bytes}`;
  const sha256 = await (0, import_files.hashFile)(import_node_path.default.join(root, entry.path));
  return sha256 === listed.sha256 ? null : "has another SHA-256";
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  checkTree
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiY2hlY2tUcmVlLnRzIl0sCiAgIm1hcHBpbmdzIjogIjs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7O0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBLHVCQUFpQjtBQUVqQixtQkFBa0Q7QUFDbEQsb0JBQXdCO0FBTXhCLGVBQXNCLFVBQ3BCLE1BQ0EsT0FDQSxVQUNlO0FBQ2YsUUFBTSxXQUFXLElBQUksSUFBSSxNQUFNLElBQUksQ0FBQyxTQUFTLENBQUMsS0FBSyxNQUFNLElBQUksQ0FBQyxDQUFDO0FBQy9ELFFBQU0sU0FBbUIsQ0FBQztBQUMxQixNQUFJLE9BQU87QUFDWCxhQUFXLFVBQVUsVUFBTSx1QkFBUyxJQUFJLEdBQUcsT0FBTyxDQUFDLEVBQUUsTUFBTSxNQUFNLENBQUMsTUFBTSxZQUFZLENBQUMsR0FBRztBQUN0RixVQUFNLFFBQVEsTUFBTSxRQUFRLE1BQU0sT0FBTyxTQUFTLElBQUksTUFBTSxJQUFJLENBQUM7QUFDakUsUUFBSSxVQUFVLEtBQU0sUUFBTyxLQUFLLEdBQUcsTUFBTSxJQUFJLElBQUksS0FBSyxFQUFFO0FBQ3hELGFBQVMsT0FBTyxNQUFNLElBQUk7QUFDMUIsYUFBVSxRQUFRLE1BQU0sTUFBTSxJQUFLO0FBQUEsRUFDckM7QUFDQSxhQUFXLFFBQVEsU0FBUyxLQUFLLEVBQUcsUUFBTyxLQUFLLEdBQUcsSUFBSSxhQUFhO0FBQ3BFLE1BQUksT0FBTyxXQUFXLEVBQUc7QUFDekIsUUFBTSxPQUFPLE9BQU8sU0FBUyxJQUFJLFNBQVMsT0FBTyxTQUFTLENBQUMsVUFBVTtBQUNyRSxRQUFNLElBQUk7QUFBQSxJQUNSLDZDQUE2QyxPQUFPLE1BQU0sR0FBRyxDQUFDLEVBQUUsS0FBSyxJQUFJLENBQUMsR0FBRyxJQUFJO0FBQUEsRUFDbkY7QUFDRjtBQUVBLGVBQWUsUUFBUSxNQUFjLE9BQWlCLFFBQXdEO0FBQzVHLFFBQU0sRUFBRSxNQUFNLElBQUk7QUFDbEIsTUFBSSxDQUFDLE1BQU0sT0FBTyxLQUFLLE1BQU0sUUFBUSxFQUFHLFFBQU87QUFDL0MsTUFBSSxXQUFXLE9BQVcsUUFBTztBQUNqQyxNQUFJLE9BQU8sVUFBVSxNQUFNLEtBQU0sUUFBTyxPQUFPLE1BQU0sSUFBSSxlQUFlLE9BQU8sS0FBSztBQUNwRixRQUFNLFNBQVMsVUFBTSx1QkFBUyxpQkFBQUEsUUFBSyxLQUFLLE1BQU0sTUFBTSxJQUFJLENBQUM7QUFDekQsU0FBTyxXQUFXLE9BQU8sU0FBUyxPQUFPO0FBQzNDOyIsCiAgIm5hbWVzIjogWyJwYXRoIl0KfQo=
