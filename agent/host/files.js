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
  exists: () => exists,
  freeBytes: () => freeBytes,
  hashFile: () => hashFile,
  isCode: () => isCode,
  makeDirectory: () => makeDirectory,
  ownPrefix: () => ownPrefix,
  readIfThere: () => readIfThere,
  removeFile: () => removeFile,
  replaceFile: () => replaceFile,
  syncDirectory: () => syncDirectory,
  temporaryName: () => temporaryName,
  walkTree: () => walkTree,
  writeDurably: () => writeDurably
});
module.exports = __toCommonJS(files_exports);
var import_node_crypto = require("node:crypto");
var import_node_fs = require("node:fs");
var import_promises = require("node:fs/promises");
var import_node_path = __toESM(require("node:path"));
var import_promises2 = require("node:stream/promises");
const ownPrefix = ".neumann-backup";
async function exists(file) {
  return (0, import_promises.access)(file, import_node_fs.constants.F_OK).then(
    () => true,
    () => false
  );
}
async function readIfThere(file) {
  try {
    return await (0, import_promises.readFile)(file, "utf8");
  } catch (error) {
    if (isCode(error, "ENOENT")) return void 0;
    throw error;
  }
}
function isCode(error, ...codes) {
  return codes.includes(error.code ?? "");
}
async function syncDirectory(directory) {
  const handle = await (0, import_promises.open)(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
async function makeDirectory(directory, mode) {
  const first = await (0, import_promises.mkdir)(directory, { recursive: true, mode });
  if (first === void 0) return;
  for (let at = directory; at.length >= first.length; at = import_node_path.default.dirname(at)) await syncDirectory(import_node_path.default.dirname(at));
}
function temporaryName(directory) {
  return import_node_path.default.join(directory, `${ownPrefix}-tmp-${process.pid}-${(0, import_node_crypto.randomBytes)(6).toString("hex")}`);
}
async function writeDurably(file, content, mode = 420) {
  const handle = await (0, import_promises.open)(file, "wx", mode);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
async function replaceFile(file, content, mode = 420) {
  const directory = import_node_path.default.dirname(file);
  await makeDirectory(directory);
  const temporary = temporaryName(directory);
  try {
    await writeDurably(temporary, content, mode);
    await (0, import_promises.rename)(temporary, file);
  } catch (error) {
    await (0, import_promises.rm)(temporary, { force: true });
    throw error;
  }
  await syncDirectory(directory);
}
async function removeFile(file) {
  try {
    await (0, import_promises.unlink)(file);
  } catch (error) {
    if (isCode(error, "ENOENT")) return;
    throw error;
  }
  await syncDirectory(import_node_path.default.dirname(file));
}
async function hashFile(file) {
  const hash = (0, import_node_crypto.createHash)("sha256");
  const options = { highWaterMark: 1024 * 1024 };
  const stream = typeof file === "string" ? (0, import_node_fs.createReadStream)(file, options) : file.createReadStream(options);
  await (0, import_promises2.pipeline)(stream, hash);
  return hash.digest("hex");
}
async function walkTree(root) {
  const found = [];
  const visit = async (relative) => {
    const names = await (0, import_promises.readdir)(import_node_path.default.join(root, relative)).catch((error) => {
      if (isCode(error, "ENOENT", "ENOTDIR")) return [];
      throw error;
    });
    for (const name of names.sort()) {
      if (name.startsWith(ownPrefix)) continue;
      const at = relative === "" ? name : `${relative}/${name}`;
      const stats = await (0, import_promises.lstat)(import_node_path.default.join(root, at)).catch(() => void 0);
      if (stats === void 0) continue;
      found.push({ path: at, stats });
      if (stats.isDirectory()) await visit(at);
    }
  };
  await visit("");
  return found;
}
async function freeBytes(directory) {
  let at = directory;
  while (!await exists(at) && at !== import_node_path.default.dirname(at)) at = import_node_path.default.dirname(at);
  const stats = await (0, import_promises.statfs)(at);
  return stats.bavail * stats.bsize;
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  exists,
  freeBytes,
  hashFile,
  isCode,
  makeDirectory,
  ownPrefix,
  readIfThere,
  removeFile,
  replaceFile,
  syncDirectory,
  temporaryName,
  walkTree,
  writeDurably
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiZmlsZXMudHMiXSwKICAibWFwcGluZ3MiOiAiOzs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUEseUJBQXdDO0FBQ3hDLHFCQUF3RDtBQUN4RCxzQkFZTztBQUNQLHVCQUFpQjtBQUNqQixJQUFBQSxtQkFBeUI7QUFHbEIsTUFBTSxZQUFZO0FBRXpCLGVBQXNCLE9BQU8sTUFBZ0M7QUFDM0QsYUFBTyx3QkFBTyxNQUFNLHlCQUFVLElBQUksRUFBRTtBQUFBLElBQ2xDLE1BQU07QUFBQSxJQUNOLE1BQU07QUFBQSxFQUNSO0FBQ0Y7QUFFQSxlQUFzQixZQUFZLE1BQTJDO0FBQzNFLE1BQUk7QUFDRixXQUFPLFVBQU0sMEJBQVMsTUFBTSxNQUFNO0FBQUEsRUFDcEMsU0FBUyxPQUFPO0FBQ2QsUUFBSSxPQUFPLE9BQU8sUUFBUSxFQUFHLFFBQU87QUFDcEMsVUFBTTtBQUFBLEVBQ1I7QUFDRjtBQUVPLFNBQVMsT0FBTyxVQUFtQixPQUEwQjtBQUNsRSxTQUFPLE1BQU0sU0FBVSxNQUFnQyxRQUFRLEVBQUU7QUFDbkU7QUFHQSxlQUFzQixjQUFjLFdBQWtDO0FBQ3BFLFFBQU0sU0FBUyxVQUFNLHNCQUFLLFdBQVcsR0FBRztBQUN4QyxNQUFJO0FBQ0YsVUFBTSxPQUFPLEtBQUs7QUFBQSxFQUNwQixVQUFFO0FBQ0EsVUFBTSxPQUFPLE1BQU07QUFBQSxFQUNyQjtBQUNGO0FBR0EsZUFBc0IsY0FBYyxXQUFtQixNQUE4QjtBQUNuRixRQUFNLFFBQVEsVUFBTSx1QkFBTSxXQUFXLEVBQUUsV0FBVyxNQUFNLEtBQUssQ0FBQztBQUM5RCxNQUFJLFVBQVUsT0FBVztBQUN6QixXQUFTLEtBQUssV0FBVyxHQUFHLFVBQVUsTUFBTSxRQUFRLEtBQUssaUJBQUFDLFFBQUssUUFBUSxFQUFFLEVBQUcsT0FBTSxjQUFjLGlCQUFBQSxRQUFLLFFBQVEsRUFBRSxDQUFDO0FBQ2pIO0FBRU8sU0FBUyxjQUFjLFdBQTJCO0FBQ3ZELFNBQU8saUJBQUFBLFFBQUssS0FBSyxXQUFXLEdBQUcsU0FBUyxRQUFRLFFBQVEsR0FBRyxRQUFJLGdDQUFZLENBQUMsRUFBRSxTQUFTLEtBQUssQ0FBQyxFQUFFO0FBQ2pHO0FBR0EsZUFBc0IsYUFBYSxNQUFjLFNBQTBCLE9BQU8sS0FBc0I7QUFDdEcsUUFBTSxTQUFTLFVBQU0sc0JBQUssTUFBTSxNQUFNLElBQUk7QUFDMUMsTUFBSTtBQUNGLFVBQU0sT0FBTyxVQUFVLE9BQU87QUFDOUIsVUFBTSxPQUFPLEtBQUs7QUFBQSxFQUNwQixVQUFFO0FBQ0EsVUFBTSxPQUFPLE1BQU07QUFBQSxFQUNyQjtBQUNGO0FBR0EsZUFBc0IsWUFBWSxNQUFjLFNBQTBCLE9BQU8sS0FBc0I7QUFDckcsUUFBTSxZQUFZLGlCQUFBQSxRQUFLLFFBQVEsSUFBSTtBQUNuQyxRQUFNLGNBQWMsU0FBUztBQUM3QixRQUFNLFlBQVksY0FBYyxTQUFTO0FBQ3pDLE1BQUk7QUFDRixVQUFNLGFBQWEsV0FBVyxTQUFTLElBQUk7QUFDM0MsY0FBTSx3QkFBTyxXQUFXLElBQUk7QUFBQSxFQUM5QixTQUFTLE9BQU87QUFDZCxjQUFNLG9CQUFHLFdBQVcsRUFBRSxPQUFPLEtBQUssQ0FBQztBQUNuQyxVQUFNO0FBQUEsRUFDUjtBQUNBLFFBQU0sY0FBYyxTQUFTO0FBQy9CO0FBR0EsZUFBc0IsV0FBVyxNQUE2QjtBQUM1RCxNQUFJO0FBQ0YsY0FBTSx3QkFBTyxJQUFJO0FBQUEsRUFDbkIsU0FBUyxPQUFPO0FBQ2QsUUFBSSxPQUFPLE9BQU8sUUFBUSxFQUFHO0FBQzdCLFVBQU07QUFBQSxFQUNSO0FBQ0EsUUFBTSxjQUFjLGlCQUFBQSxRQUFLLFFBQVEsSUFBSSxDQUFDO0FBQ3hDO0FBR0EsZUFBc0IsU0FBUyxNQUE0QztBQUN6RSxRQUFNLFdBQU8sK0JBQVcsUUFBUTtBQUNoQyxRQUFNLFVBQVUsRUFBRSxlQUFlLE9BQU8sS0FBSztBQUM3QyxRQUFNLFNBQVMsT0FBTyxTQUFTLGVBQVcsaUNBQWlCLE1BQU0sT0FBTyxJQUFJLEtBQUssaUJBQWlCLE9BQU87QUFDekcsWUFBTSwyQkFBUyxRQUFRLElBQUk7QUFDM0IsU0FBTyxLQUFLLE9BQU8sS0FBSztBQUMxQjtBQVVBLGVBQXNCLFNBQVMsTUFBbUM7QUFDaEUsUUFBTSxRQUFvQixDQUFDO0FBQzNCLFFBQU0sUUFBUSxPQUFPLGFBQW9DO0FBQ3ZELFVBQU0sUUFBUSxVQUFNLHlCQUFRLGlCQUFBQSxRQUFLLEtBQUssTUFBTSxRQUFRLENBQUMsRUFBRSxNQUFNLENBQUMsVUFBbUI7QUFDL0UsVUFBSSxPQUFPLE9BQU8sVUFBVSxTQUFTLEVBQUcsUUFBTyxDQUFDO0FBQ2hELFlBQU07QUFBQSxJQUNSLENBQUM7QUFDRCxlQUFXLFFBQVEsTUFBTSxLQUFLLEdBQUc7QUFDL0IsVUFBSSxLQUFLLFdBQVcsU0FBUyxFQUFHO0FBQ2hDLFlBQU0sS0FBSyxhQUFhLEtBQUssT0FBTyxHQUFHLFFBQVEsSUFBSSxJQUFJO0FBQ3ZELFlBQU0sUUFBUSxVQUFNLHVCQUFNLGlCQUFBQSxRQUFLLEtBQUssTUFBTSxFQUFFLENBQUMsRUFBRSxNQUFNLE1BQU0sTUFBUztBQUNwRSxVQUFJLFVBQVUsT0FBVztBQUN6QixZQUFNLEtBQUssRUFBRSxNQUFNLElBQUksTUFBTSxDQUFDO0FBQzlCLFVBQUksTUFBTSxZQUFZLEVBQUcsT0FBTSxNQUFNLEVBQUU7QUFBQSxJQUN6QztBQUFBLEVBQ0Y7QUFDQSxRQUFNLE1BQU0sRUFBRTtBQUNkLFNBQU87QUFDVDtBQUdBLGVBQXNCLFVBQVUsV0FBb0M7QUFDbEUsTUFBSSxLQUFLO0FBQ1QsU0FBTyxDQUFFLE1BQU0sT0FBTyxFQUFFLEtBQU0sT0FBTyxpQkFBQUEsUUFBSyxRQUFRLEVBQUUsRUFBRyxNQUFLLGlCQUFBQSxRQUFLLFFBQVEsRUFBRTtBQUMzRSxRQUFNLFFBQVEsVUFBTSx3QkFBTyxFQUFFO0FBQzdCLFNBQU8sTUFBTSxTQUFTLE1BQU07QUFDOUI7IiwKICAibmFtZXMiOiBbImltcG9ydF9wcm9taXNlcyIsICJwYXRoIl0KfQo=
