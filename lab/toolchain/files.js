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
var files_exports = {};
__export(files_exports, {
  findOnPath: () => findOnPath,
  isExecutable: () => isExecutable,
  readJson: () => readJson,
  writeJson: () => writeJson
});
module.exports = __toCommonJS(files_exports);
var import_node_fs = require("node:fs");
var import_node_path = __toESM(require("node:path"));
function isExecutable(file) {
  try {
    (0, import_node_fs.accessSync)(file, import_node_fs.constants.X_OK);
    const stat = (0, import_node_fs.statSync)(file);
    return stat.isFile() && stat.size > 0;
  } catch {
    return false;
  }
}
function findOnPath(name, searchPath) {
  return (searchPath ?? "").split(import_node_path.default.delimiter).filter((folder) => folder !== "").map((folder) => import_node_path.default.join(folder, name)).find(isExecutable);
}
function readJson(file) {
  try {
    return JSON.parse((0, import_node_fs.readFileSync)(file, "utf8"));
  } catch {
    return void 0;
  }
}
function writeJson(file, content) {
  (0, import_node_fs.mkdirSync)(import_node_path.default.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  (0, import_node_fs.writeFileSync)(temporary, `${JSON.stringify(content, void 0, 2)}
`);
  (0, import_node_fs.renameSync)(temporary, file);
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  findOnPath,
  isExecutable,
  readJson,
  writeJson
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiZmlsZXMudHMiXSwKICAibWFwcGluZ3MiOiAiOzs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUEscUJBQW9HO0FBQ3BHLHVCQUFpQjtBQUdWLFNBQVMsYUFBYSxNQUF1QjtBQUNsRCxNQUFJO0FBQ0YsbUNBQVcsTUFBTSx5QkFBVSxJQUFJO0FBQy9CLFVBQU0sV0FBTyx5QkFBUyxJQUFJO0FBQzFCLFdBQU8sS0FBSyxPQUFPLEtBQUssS0FBSyxPQUFPO0FBQUEsRUFDdEMsUUFBUTtBQUNOLFdBQU87QUFBQSxFQUNUO0FBQ0Y7QUFHTyxTQUFTLFdBQVcsTUFBYyxZQUFvRDtBQUMzRixVQUFRLGNBQWMsSUFDbkIsTUFBTSxpQkFBQUEsUUFBSyxTQUFTLEVBQ3BCLE9BQU8sQ0FBQyxXQUFXLFdBQVcsRUFBRSxFQUNoQyxJQUFJLENBQUMsV0FBVyxpQkFBQUEsUUFBSyxLQUFLLFFBQVEsSUFBSSxDQUFDLEVBQ3ZDLEtBQUssWUFBWTtBQUN0QjtBQUdPLFNBQVMsU0FBUyxNQUF1QjtBQUM5QyxNQUFJO0FBQ0YsV0FBTyxLQUFLLFVBQU0sNkJBQWEsTUFBTSxNQUFNLENBQUM7QUFBQSxFQUM5QyxRQUFRO0FBQ04sV0FBTztBQUFBLEVBQ1Q7QUFDRjtBQUdPLFNBQVMsVUFBVSxNQUFjLFNBQXdCO0FBQzlELGdDQUFVLGlCQUFBQSxRQUFLLFFBQVEsSUFBSSxHQUFHLEVBQUUsV0FBVyxLQUFLLENBQUM7QUFDakQsUUFBTSxZQUFZLEdBQUcsSUFBSSxJQUFJLFFBQVEsR0FBRztBQUN4QyxvQ0FBYyxXQUFXLEdBQUcsS0FBSyxVQUFVLFNBQVMsUUFBVyxDQUFDLENBQUM7QUFBQSxDQUFJO0FBQ3JFLGlDQUFXLFdBQVcsSUFBSTtBQUM1QjsiLAogICJuYW1lcyI6IFsicGF0aCJdCn0K
