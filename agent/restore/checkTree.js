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
  for (const { path: name, stats } of await (0, import_files.walkTree)(root)) {
    if (stats.isDirectory()) continue;
    const listed = expected.get(name);
    expected.delete(name);
    if (!stats.isFile() || stats.nlink > 1) faults.push(`${name} is a link or a device`);
    else if (listed === void 0) faults.push(`${name} is not in the manifest`);
    else if (listed.bytes !== stats.size) faults.push(`${name} has ${stats.size} bytes, not ${listed.bytes}`);
    else if (await (0, import_files.hashFile)(import_node_path.default.join(root, name)) !== listed.sha256) faults.push(`${name} has another SHA-256`);
    progress(done += stats.size);
  }
  for (const name of expected.keys()) faults.push(`${name} is missing`);
  if (faults.length > 0) {
    const shown = faults.slice(0, 5).join("; ");
    throw new import_errors.Damaged(
      `the backup is not what its manifest says: ${shown}${faults.length > 5 ? `; and ${faults.length - 5} more` : ""}. Nothing was put in place.`
    );
  }
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  checkTree
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiY2hlY2tUcmVlLnRzIl0sCiAgIm1hcHBpbmdzIjogIjs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7O0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBLHVCQUFpQjtBQUVqQixtQkFBbUM7QUFDbkMsb0JBQXdCO0FBTXhCLGVBQXNCLFVBQ3BCLE1BQ0EsT0FDQSxVQUNlO0FBQ2YsUUFBTSxXQUFXLElBQUksSUFBSSxNQUFNLElBQUksQ0FBQyxTQUFTLENBQUMsS0FBSyxNQUFNLElBQUksQ0FBQyxDQUFDO0FBQy9ELFFBQU0sU0FBbUIsQ0FBQztBQUMxQixNQUFJLE9BQU87QUFDWCxhQUFXLEVBQUUsTUFBTSxNQUFNLE1BQU0sS0FBSyxVQUFNLHVCQUFTLElBQUksR0FBRztBQUN4RCxRQUFJLE1BQU0sWUFBWSxFQUFHO0FBQ3pCLFVBQU0sU0FBUyxTQUFTLElBQUksSUFBSTtBQUNoQyxhQUFTLE9BQU8sSUFBSTtBQUNwQixRQUFJLENBQUMsTUFBTSxPQUFPLEtBQUssTUFBTSxRQUFRLEVBQUcsUUFBTyxLQUFLLEdBQUcsSUFBSSx3QkFBd0I7QUFBQSxhQUMxRSxXQUFXLE9BQVcsUUFBTyxLQUFLLEdBQUcsSUFBSSx5QkFBeUI7QUFBQSxhQUNsRSxPQUFPLFVBQVUsTUFBTSxLQUFNLFFBQU8sS0FBSyxHQUFHLElBQUksUUFBUSxNQUFNLElBQUksZUFBZSxPQUFPLEtBQUssRUFBRTtBQUFBLGFBQzlGLFVBQU0sdUJBQVMsaUJBQUFBLFFBQUssS0FBSyxNQUFNLElBQUksQ0FBQyxNQUFPLE9BQU8sT0FBUSxRQUFPLEtBQUssR0FBRyxJQUFJLHNCQUFzQjtBQUM3RyxhQUFVLFFBQVEsTUFBTSxJQUFLO0FBQUEsRUFDL0I7QUFDQSxhQUFXLFFBQVEsU0FBUyxLQUFLLEVBQUcsUUFBTyxLQUFLLEdBQUcsSUFBSSxhQUFhO0FBQ3BFLE1BQUksT0FBTyxTQUFTLEdBQUc7QUFDckIsVUFBTSxRQUFRLE9BQU8sTUFBTSxHQUFHLENBQUMsRUFBRSxLQUFLLElBQUk7QUFDMUMsVUFBTSxJQUFJO0FBQUEsTUFDUiw2Q0FBNkMsS0FBSyxHQUFHLE9BQU8sU0FBUyxJQUFJLFNBQVMsT0FBTyxTQUFTLENBQUMsVUFBVSxFQUFFO0FBQUEsSUFDakg7QUFBQSxFQUNGO0FBQ0Y7IiwKICAibmFtZXMiOiBbInBhdGgiXQp9Cg==
