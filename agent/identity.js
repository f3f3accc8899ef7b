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
var identity_exports = {};
__export(identity_exports, {
  agentIdentity: () => agentIdentity,
  agentProgram: () => agentProgram,
  agentVersion: () => agentVersion
});
module.exports = __toCommonJS(identity_exports);
var import_files = require("./host/files");
const agentVersion = typeof AGENT_VERSION === "string" ? AGENT_VERSION : "development";
function agentProgram() {
  return process.argv[1] ?? "";
}
let known;
function agentIdentity() {
  known ??= (0, import_files.hashFile)(agentProgram()).then((sha256) => ({ version: agentVersion, sha256 }));
  return known;
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  agentIdentity,
  agentProgram,
  agentVersion
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiaWRlbnRpdHkudHMiXSwKICAibWFwcGluZ3MiOiAiOzs7Ozs7Ozs7Ozs7Ozs7OztBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUEsbUJBQXlCO0FBSWxCLE1BQU0sZUFBdUIsT0FBTyxrQkFBa0IsV0FBVyxnQkFBZ0I7QUFHakYsU0FBUyxlQUF1QjtBQUNyQyxTQUFPLFFBQVEsS0FBSyxDQUFDLEtBQUs7QUFDNUI7QUFFQSxJQUFJO0FBR0csU0FBUyxnQkFBOEQ7QUFDNUUsZ0JBQVUsdUJBQVMsYUFBYSxDQUFDLEVBQUUsS0FBSyxDQUFDLFlBQVksRUFBRSxTQUFTLGNBQWMsT0FBTyxFQUFFO0FBQ3ZGLFNBQU87QUFDVDsiLAogICJuYW1lcyI6IFtdCn0K
