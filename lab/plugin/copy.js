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
var copy_exports = {};
__export(copy_exports, {
  copyPath: () => copyPath,
  copyText: () => copyText
});
module.exports = __toCommonJS(copy_exports);
var import_node_fs = require("node:fs");
var import_node_path = __toESM(require("node:path"));
const call = (start, what) => new Promise(
  (resolve, reject) => start((error) => error ? reject(new Error(`${what}: ${error.message}`, { cause: error })) : resolve())
);
function open(client) {
  return new Promise((resolve, reject) => client.sftp((error, sftp) => error ? reject(error) : resolve(sftp)));
}
const noSuchFile = 2;
function stat(sftp, file) {
  return new Promise(
    (resolve, reject) => sftp.stat(file, (error, stats) => {
      if (!error) resolve(stats);
      else if (error.code === noSuchFile) resolve(void 0);
      else reject(new Error(`failed to stat remote path ${file}: ${error.message}`));
    })
  );
}
async function makeDirectory(sftp, folder) {
  const existing = await stat(sftp, folder);
  if (existing?.isDirectory()) return;
  if (existing) throw new Error(`remote path ${folder} exists but is not a directory`);
  const parent = import_node_path.default.posix.dirname(folder);
  if (parent !== folder) await makeDirectory(sftp, parent);
  await call((done) => sftp.mkdir(folder, done), `failed to create remote directory ${folder}`);
}
async function makeParents(sftp, file) {
  await makeDirectory(sftp, import_node_path.default.posix.dirname(file));
}
async function copyText(client, text, destination) {
  const sftp = await open(client);
  if ((await stat(sftp, destination))?.isDirectory()) {
    throw new Error(
      `remote path ${destination} is a directory; when using a text asset, remotePath must be a file path`
    );
  }
  await makeParents(sftp, destination);
  await call(
    (done) => sftp.writeFile(destination, text, done),
    `failed to write text content to remote path ${destination}`
  );
}
function copyFile(sftp, source, destination) {
  return call(
    (done) => sftp.fastPut(source, destination, done),
    `failed to copy file ${source} to remote path ${destination}`
  );
}
async function copyPath(client, source, destination) {
  const isFolder = (0, import_node_fs.statSync)(source).isDirectory();
  const sftp = await open(client);
  const existing = await stat(sftp, destination);
  const inside = import_node_path.default.posix.join(destination, import_node_path.default.basename(source));
  if (isFolder) {
    await makeDirectory(sftp, destination);
    await copyFolder(sftp, source, source.endsWith("/") ? destination : inside);
    return;
  }
  if (!existing) await makeParents(sftp, destination);
  await copyFile(sftp, source, existing?.isDirectory() ? inside : destination);
}
async function copyFolder(sftp, source, destination) {
  await makeDirectory(sftp, destination);
  for (const entry of (0, import_node_fs.readdirSync)(source, { withFileTypes: true })) {
    const [from, to] = [import_node_path.default.join(source, entry.name), import_node_path.default.posix.join(destination, entry.name)];
    await (entry.isDirectory() ? copyFolder(sftp, from, to) : copyFile(sftp, from, to));
  }
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  copyPath,
  copyText
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiY29weS50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7OztBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBLHFCQUFzQztBQUN0Qyx1QkFBaUI7QUFNakIsTUFBTSxPQUFPLENBQUMsT0FBNkIsU0FDekMsSUFBSTtBQUFBLEVBQWMsQ0FBQyxTQUFTLFdBQzFCLE1BQU0sQ0FBQyxVQUFXLFFBQVEsT0FBTyxJQUFJLE1BQU0sR0FBRyxJQUFJLEtBQUssTUFBTSxPQUFPLElBQUksRUFBRSxPQUFPLE1BQU0sQ0FBQyxDQUFDLElBQUksUUFBUSxDQUFFO0FBQ3pHO0FBRUYsU0FBUyxLQUFLLFFBQXNDO0FBQ2xELFNBQU8sSUFBSSxRQUFRLENBQUMsU0FBUyxXQUFXLE9BQU8sS0FBSyxDQUFDLE9BQU8sU0FBVSxRQUFRLE9BQU8sS0FBSyxJQUFJLFFBQVEsSUFBSSxDQUFFLENBQUM7QUFDL0c7QUFHQSxNQUFNLGFBQWE7QUFFbkIsU0FBUyxLQUFLLE1BQW1CLE1BQTBDO0FBQ3pFLFNBQU8sSUFBSTtBQUFBLElBQVEsQ0FBQyxTQUFTLFdBQzNCLEtBQUssS0FBSyxNQUFNLENBQUMsT0FBTyxVQUFVO0FBQ2hDLFVBQUksQ0FBQyxNQUFPLFNBQVEsS0FBSztBQUFBLGVBQ2YsTUFBb0MsU0FBUyxXQUFZLFNBQVEsTUFBUztBQUFBLFVBQy9FLFFBQU8sSUFBSSxNQUFNLDhCQUE4QixJQUFJLEtBQUssTUFBTSxPQUFPLEVBQUUsQ0FBQztBQUFBLElBQy9FLENBQUM7QUFBQSxFQUNIO0FBQ0Y7QUFFQSxlQUFlLGNBQWMsTUFBbUIsUUFBK0I7QUFDN0UsUUFBTSxXQUFXLE1BQU0sS0FBSyxNQUFNLE1BQU07QUFDeEMsTUFBSSxVQUFVLFlBQVksRUFBRztBQUM3QixNQUFJLFNBQVUsT0FBTSxJQUFJLE1BQU0sZUFBZSxNQUFNLGdDQUFnQztBQUNuRixRQUFNLFNBQVMsaUJBQUFBLFFBQUssTUFBTSxRQUFRLE1BQU07QUFDeEMsTUFBSSxXQUFXLE9BQVEsT0FBTSxjQUFjLE1BQU0sTUFBTTtBQUN2RCxRQUFNLEtBQUssQ0FBQyxTQUFTLEtBQUssTUFBTSxRQUFRLElBQUksR0FBRyxxQ0FBcUMsTUFBTSxFQUFFO0FBQzlGO0FBRUEsZUFBZSxZQUFZLE1BQW1CLE1BQTZCO0FBQ3pFLFFBQU0sY0FBYyxNQUFNLGlCQUFBQSxRQUFLLE1BQU0sUUFBUSxJQUFJLENBQUM7QUFDcEQ7QUFHQSxlQUFzQixTQUFTLFFBQWdCLE1BQWMsYUFBb0M7QUFDL0YsUUFBTSxPQUFPLE1BQU0sS0FBSyxNQUFNO0FBQzlCLE9BQUssTUFBTSxLQUFLLE1BQU0sV0FBVyxJQUFJLFlBQVksR0FBRztBQUNsRCxVQUFNLElBQUk7QUFBQSxNQUNSLGVBQWUsV0FBVztBQUFBLElBQzVCO0FBQUEsRUFDRjtBQUNBLFFBQU0sWUFBWSxNQUFNLFdBQVc7QUFDbkMsUUFBTTtBQUFBLElBQ0osQ0FBQyxTQUFTLEtBQUssVUFBVSxhQUFhLE1BQU0sSUFBSTtBQUFBLElBQ2hELCtDQUErQyxXQUFXO0FBQUEsRUFDNUQ7QUFDRjtBQUVBLFNBQVMsU0FBUyxNQUFtQixRQUFnQixhQUFvQztBQUN2RixTQUFPO0FBQUEsSUFDTCxDQUFDLFNBQVMsS0FBSyxRQUFRLFFBQVEsYUFBYSxJQUFJO0FBQUEsSUFDaEQsdUJBQXVCLE1BQU0sbUJBQW1CLFdBQVc7QUFBQSxFQUM3RDtBQUNGO0FBTUEsZUFBc0IsU0FBUyxRQUFnQixRQUFnQixhQUFvQztBQUNqRyxRQUFNLGVBQVcseUJBQVMsTUFBTSxFQUFFLFlBQVk7QUFDOUMsUUFBTSxPQUFPLE1BQU0sS0FBSyxNQUFNO0FBQzlCLFFBQU0sV0FBVyxNQUFNLEtBQUssTUFBTSxXQUFXO0FBQzdDLFFBQU0sU0FBUyxpQkFBQUEsUUFBSyxNQUFNLEtBQUssYUFBYSxpQkFBQUEsUUFBSyxTQUFTLE1BQU0sQ0FBQztBQUNqRSxNQUFJLFVBQVU7QUFDWixVQUFNLGNBQWMsTUFBTSxXQUFXO0FBQ3JDLFVBQU0sV0FBVyxNQUFNLFFBQVEsT0FBTyxTQUFTLEdBQUcsSUFBSSxjQUFjLE1BQU07QUFDMUU7QUFBQSxFQUNGO0FBQ0EsTUFBSSxDQUFDLFNBQVUsT0FBTSxZQUFZLE1BQU0sV0FBVztBQUNsRCxRQUFNLFNBQVMsTUFBTSxRQUFRLFVBQVUsWUFBWSxJQUFJLFNBQVMsV0FBVztBQUM3RTtBQUVBLGVBQWUsV0FBVyxNQUFtQixRQUFnQixhQUFvQztBQUMvRixRQUFNLGNBQWMsTUFBTSxXQUFXO0FBQ3JDLGFBQVcsYUFBUyw0QkFBWSxRQUFRLEVBQUUsZUFBZSxLQUFLLENBQUMsR0FBRztBQUNoRSxVQUFNLENBQUMsTUFBTSxFQUFFLElBQUksQ0FBQyxpQkFBQUEsUUFBSyxLQUFLLFFBQVEsTUFBTSxJQUFJLEdBQUcsaUJBQUFBLFFBQUssTUFBTSxLQUFLLGFBQWEsTUFBTSxJQUFJLENBQUM7QUFDM0YsV0FBTyxNQUFNLFlBQVksSUFBSSxXQUFXLE1BQU0sTUFBTSxFQUFFLElBQUksU0FBUyxNQUFNLE1BQU0sRUFBRTtBQUFBLEVBQ25GO0FBQ0Y7IiwKICAibmFtZXMiOiBbInBhdGgiXQp9Cg==
