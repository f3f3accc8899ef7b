var __defProp = Object.defineProperty;
var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
var __getOwnPropNames = Object.getOwnPropertyNames;
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
var __toCommonJS = (mod) => __copyProps(__defProp({}, "__esModule", { value: true }), mod);
var spec_exports = {};
__export(spec_exports, {
  readSpec: () => readSpec
});
module.exports = __toCommonJS(spec_exports);
var import_parse = require("../../model/parse");
async function readSpec(schema, command) {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  return (0, import_parse.parseJsonAs)(
    schema,
    Buffer.concat(chunks).toString(),
    `The specification of ${command} on standard input is wrong`
  );
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  readSpec
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsic3BlYy50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7O0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUNBLG1CQUE0QjtBQUc1QixlQUFzQixTQUFZLFFBQW1DLFNBQTZCO0FBQ2hHLFFBQU0sU0FBbUIsQ0FBQztBQUMxQixtQkFBaUIsU0FBUyxRQUFRLE1BQU8sUUFBTyxLQUFLLEtBQWU7QUFDcEUsYUFBTztBQUFBLElBQ0w7QUFBQSxJQUNBLE9BQU8sT0FBTyxNQUFNLEVBQUUsU0FBUztBQUFBLElBQy9CLHdCQUF3QixPQUFPO0FBQUEsRUFDakM7QUFDRjsiLAogICJuYW1lcyI6IFtdCn0K
