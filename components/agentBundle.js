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
var agentBundle_exports = {};
__export(agentBundle_exports, {
  agentBundle: () => agentBundle,
  readBundle: () => readBundle
});
module.exports = __toCommonJS(agentBundle_exports);
var import_node_crypto = require("node:crypto");
var import_node_fs = require("node:fs");
var import_node_path = __toESM(require("node:path"));
function readBundle(folder) {
  const file = import_node_path.default.join(folder, "neumann-backup.cjs");
  try {
    const promised = /^[0-9a-f]{64}/.exec((0, import_node_fs.readFileSync)(`${file}.sha256`, "utf8"))?.[0];
    const sha256 = (0, import_node_crypto.createHash)("sha256").update((0, import_node_fs.readFileSync)(file)).digest("hex");
    if (sha256 === promised) return { file, sha256 };
    return new Error(`the agent's program ${file} is damaged: its SHA-256 is ${sha256}, not ${promised}. ${remedy}`);
  } catch (error) {
    return new Error(`the agent's program ${file} cannot be read: ${error.message}. ${remedy}`);
  }
}
const remedy = "Install pulumi-neumann again, or in its sources run `npm run build`.";
const shipped = readBundle(import_node_path.default.join(__dirname, "..", "agent", "bundle"));
function agentBundle() {
  if (shipped instanceof Error) throw shipped;
  return shipped;
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  agentBundle,
  readBundle
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiYWdlbnRCdW5kbGUudHMiXSwKICAibWFwcGluZ3MiOiAiOzs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQSx5QkFBMkI7QUFDM0IscUJBQTZCO0FBQzdCLHVCQUFpQjtBQVdWLFNBQVMsV0FBVyxRQUFxQztBQUM5RCxRQUFNLE9BQU8saUJBQUFBLFFBQUssS0FBSyxRQUFRLG9CQUFvQjtBQUNuRCxNQUFJO0FBQ0YsVUFBTSxXQUFXLGdCQUFnQixTQUFLLDZCQUFhLEdBQUcsSUFBSSxXQUFXLE1BQU0sQ0FBQyxJQUFJLENBQUM7QUFDakYsVUFBTSxhQUFTLCtCQUFXLFFBQVEsRUFBRSxXQUFPLDZCQUFhLElBQUksQ0FBQyxFQUFFLE9BQU8sS0FBSztBQUMzRSxRQUFJLFdBQVcsU0FBVSxRQUFPLEVBQUUsTUFBTSxPQUFPO0FBQy9DLFdBQU8sSUFBSSxNQUFNLHVCQUF1QixJQUFJLCtCQUErQixNQUFNLFNBQVMsUUFBUSxLQUFLLE1BQU0sRUFBRTtBQUFBLEVBQ2pILFNBQVMsT0FBTztBQUNkLFdBQU8sSUFBSSxNQUFNLHVCQUF1QixJQUFJLG9CQUFxQixNQUFnQixPQUFPLEtBQUssTUFBTSxFQUFFO0FBQUEsRUFDdkc7QUFDRjtBQUVBLE1BQU0sU0FBUztBQUlmLE1BQU0sVUFBVSxXQUFXLGlCQUFBQSxRQUFLLEtBQUssV0FBVyxNQUFNLFNBQVMsUUFBUSxDQUFDO0FBTWpFLFNBQVMsY0FBMkI7QUFDekMsTUFBSSxtQkFBbUIsTUFBTyxPQUFNO0FBQ3BDLFNBQU87QUFDVDsiLAogICJuYW1lcyI6IFsicGF0aCJdCn0K
