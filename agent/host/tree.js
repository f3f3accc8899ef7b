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
var tree_exports = {};
__export(tree_exports, {
  TreeCopy: () => TreeCopy,
  copyTree: () => copyTree,
  hashTree: () => hashTree,
  syncTree: () => syncTree
});
module.exports = __toCommonJS(tree_exports);
var import_node_fs = require("node:fs");
var import_promises = require("node:fs/promises");
var import_node_path = __toESM(require("node:path"));
var import_run = require("./run");
var import_files = require("./files");
const clockGrainMs = 2e3;
const parallelCopies = 4;
class TreeCopy {
  constructor(source, target) {
    this.source = source;
    this.target = target;
  }
  source;
  target;
  seen = /* @__PURE__ */ new Map();
  /** Time of the file system when the last pass began; nothing is older before the first. */
  since = Number.NEGATIVE_INFINITY;
  async pass(progress) {
    const began = await fileSystemTime(this.source);
    await (0, import_run.mustRun)("sync", ["-f", this.source], { timeoutSeconds: 600 });
    const files = await (0, import_files.walkTree)(this.source);
    await (0, import_files.makeDirectory)(this.target);
    await this.removeVanished(new Set(files.map((file) => file.path)));
    const changed = files.filter(({ path: name, stats }) => this.mayHaveChanged(name, stats));
    const result = { files: 0, bytes: 0 };
    for (const { path: name } of changed.filter(({ stats }) => stats.isDirectory())) {
      await (0, import_promises.mkdir)(import_node_path.default.join(this.target, name), { recursive: true });
    }
    await inParallel(
      changed.filter(({ stats }) => !stats.isDirectory()),
      async ({ path: name, stats }) => {
        if (!await this.copy(name, stats)) return;
        result.files += 1;
        result.bytes += stats.size;
        progress(result.bytes);
      }
    );
    this.seen = new Map(files.map(({ path: name, stats }) => [name, { size: stats.size, ino: stats.ino }]));
    this.since = began;
    return result;
  }
  mayHaveChanged(name, stats) {
    const known = this.seen.get(name);
    if (known === void 0 || known.size !== stats.size || known.ino !== stats.ino) return true;
    return !stats.isDirectory() && Math.max(stats.mtimeMs, stats.ctimeMs) >= this.since - clockGrainMs;
  }
  async removeVanished(present) {
    for (const name of this.seen.keys()) {
      if (!present.has(name)) await (0, import_promises.rm)(import_node_path.default.join(this.target, name), { recursive: true, force: true });
    }
  }
  /** False when the file vanished meanwhile. */
  async copy(name, stats) {
    return copyEntry(import_node_path.default.join(this.source, name), import_node_path.default.join(this.target, name), stats);
  }
}
async function copyEntry(from, to, stats) {
  try {
    if (stats.isSymbolicLink()) {
      await (0, import_promises.rm)(to, { force: true });
      await (0, import_promises.symlink)(await (0, import_promises.readlink)(from), to);
      return true;
    }
    if (!stats.isFile()) return false;
    await (0, import_promises.copyFile)(from, to, import_node_fs.constants.COPYFILE_FICLONE);
    return true;
  } catch (error) {
    if ((0, import_files.isCode)(error, "ENOENT")) return false;
    throw error;
  }
}
async function copyTree(source, target) {
  const stats = await (0, import_promises.lstat)(source);
  if (!stats.isDirectory()) {
    await (0, import_files.makeDirectory)(import_node_path.default.dirname(target));
    await copyEntry(source, target, stats);
    return;
  }
  const entries = await (0, import_files.walkTree)(source);
  await (0, import_files.makeDirectory)(target);
  for (const { path: name, stats: found } of entries) {
    if (found.isDirectory()) await (0, import_promises.mkdir)(import_node_path.default.join(target, name), { recursive: true });
  }
  const files = entries.filter(({ stats: found }) => !found.isDirectory());
  await inParallel(files, async ({ path: name, stats: found }) => {
    await copyEntry(import_node_path.default.join(source, name), import_node_path.default.join(target, name), found);
  });
}
async function fileSystemTime(directory) {
  const probe = (0, import_files.temporaryName)(directory);
  await (0, import_files.writeDurably)(probe, "");
  const { mtimeMs } = await (0, import_promises.stat)(probe);
  await (0, import_promises.unlink)(probe);
  return mtimeMs;
}
async function inParallel(items, work) {
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== void 0; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: parallelCopies }, worker));
}
async function hashTree(root) {
  const files = (await (0, import_files.walkTree)(root)).filter(({ stats }) => stats.isFile());
  const hashed = [];
  await inParallel(files, async ({ path: name, stats }) => {
    hashed.push({ path: name, bytes: stats.size, sha256: await (0, import_files.hashFile)(import_node_path.default.join(root, name)) });
  });
  return hashed.sort((a, b) => a.path < b.path ? -1 : 1);
}
async function syncTree(root) {
  await (0, import_run.mustRun)("sync", ["-f", root], { timeoutSeconds: 600 });
  const handle = await (0, import_promises.open)(root, "r");
  await handle.sync();
  await handle.close();
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  TreeCopy,
  copyTree,
  hashTree,
  syncTree
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsidHJlZS50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7OztBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQSxxQkFBc0M7QUFDdEMsc0JBQWtGO0FBQ2xGLHVCQUFpQjtBQUNqQixpQkFBd0I7QUFDeEIsbUJBQXVGO0FBVXZGLE1BQU0sZUFBZTtBQUNyQixNQUFNLGlCQUFpQjtBQVdoQixNQUFNLFNBQVM7QUFBQSxFQUtwQixZQUNtQixRQUNBLFFBQ2pCO0FBRmlCO0FBQ0E7QUFBQSxFQUNoQjtBQUFBLEVBRmdCO0FBQUEsRUFDQTtBQUFBLEVBTlgsT0FBTyxvQkFBSSxJQUFrQjtBQUFBO0FBQUEsRUFFN0IsUUFBUSxPQUFPO0FBQUEsRUFPdkIsTUFBTSxLQUFLLFVBQXdEO0FBQ2pFLFVBQU0sUUFBUSxNQUFNLGVBQWUsS0FBSyxNQUFNO0FBRTlDLGNBQU0sb0JBQVEsUUFBUSxDQUFDLE1BQU0sS0FBSyxNQUFNLEdBQUcsRUFBRSxnQkFBZ0IsSUFBSSxDQUFDO0FBQ2xFLFVBQU0sUUFBUSxVQUFNLHVCQUFTLEtBQUssTUFBTTtBQUN4QyxjQUFNLDRCQUFjLEtBQUssTUFBTTtBQUMvQixVQUFNLEtBQUssZUFBZSxJQUFJLElBQUksTUFBTSxJQUFJLENBQUMsU0FBUyxLQUFLLElBQUksQ0FBQyxDQUFDO0FBQ2pFLFVBQU0sVUFBVSxNQUFNLE9BQU8sQ0FBQyxFQUFFLE1BQU0sTUFBTSxNQUFNLE1BQU0sS0FBSyxlQUFlLE1BQU0sS0FBSyxDQUFDO0FBQ3hGLFVBQU0sU0FBUyxFQUFFLE9BQU8sR0FBRyxPQUFPLEVBQUU7QUFDcEMsZUFBVyxFQUFFLE1BQU0sS0FBSyxLQUFLLFFBQVEsT0FBTyxDQUFDLEVBQUUsTUFBTSxNQUFNLE1BQU0sWUFBWSxDQUFDLEdBQUc7QUFDL0UsZ0JBQU0sdUJBQU0saUJBQUFBLFFBQUssS0FBSyxLQUFLLFFBQVEsSUFBSSxHQUFHLEVBQUUsV0FBVyxLQUFLLENBQUM7QUFBQSxJQUMvRDtBQUNBLFVBQU07QUFBQSxNQUNKLFFBQVEsT0FBTyxDQUFDLEVBQUUsTUFBTSxNQUFNLENBQUMsTUFBTSxZQUFZLENBQUM7QUFBQSxNQUNsRCxPQUFPLEVBQUUsTUFBTSxNQUFNLE1BQU0sTUFBTTtBQUMvQixZQUFJLENBQUUsTUFBTSxLQUFLLEtBQUssTUFBTSxLQUFLLEVBQUk7QUFDckMsZUFBTyxTQUFTO0FBQ2hCLGVBQU8sU0FBUyxNQUFNO0FBQ3RCLGlCQUFTLE9BQU8sS0FBSztBQUFBLE1BQ3ZCO0FBQUEsSUFDRjtBQUNBLFNBQUssT0FBTyxJQUFJLElBQUksTUFBTSxJQUFJLENBQUMsRUFBRSxNQUFNLE1BQU0sTUFBTSxNQUFNLENBQUMsTUFBTSxFQUFFLE1BQU0sTUFBTSxNQUFNLEtBQUssTUFBTSxJQUFJLENBQUMsQ0FBQyxDQUFDO0FBQ3RHLFNBQUssUUFBUTtBQUNiLFdBQU87QUFBQSxFQUNUO0FBQUEsRUFFUSxlQUFlLE1BQWMsT0FBdUI7QUFDMUQsVUFBTSxRQUFRLEtBQUssS0FBSyxJQUFJLElBQUk7QUFDaEMsUUFBSSxVQUFVLFVBQWEsTUFBTSxTQUFTLE1BQU0sUUFBUSxNQUFNLFFBQVEsTUFBTSxJQUFLLFFBQU87QUFDeEYsV0FBTyxDQUFDLE1BQU0sWUFBWSxLQUFLLEtBQUssSUFBSSxNQUFNLFNBQVMsTUFBTSxPQUFPLEtBQUssS0FBSyxRQUFRO0FBQUEsRUFDeEY7QUFBQSxFQUVBLE1BQWMsZUFBZSxTQUE2QztBQUN4RSxlQUFXLFFBQVEsS0FBSyxLQUFLLEtBQUssR0FBRztBQUNuQyxVQUFJLENBQUMsUUFBUSxJQUFJLElBQUksRUFBRyxXQUFNLG9CQUFHLGlCQUFBQSxRQUFLLEtBQUssS0FBSyxRQUFRLElBQUksR0FBRyxFQUFFLFdBQVcsTUFBTSxPQUFPLEtBQUssQ0FBQztBQUFBLElBQ2pHO0FBQUEsRUFDRjtBQUFBO0FBQUEsRUFHQSxNQUFjLEtBQUssTUFBYyxPQUFnQztBQUMvRCxXQUFPLFVBQVUsaUJBQUFBLFFBQUssS0FBSyxLQUFLLFFBQVEsSUFBSSxHQUFHLGlCQUFBQSxRQUFLLEtBQUssS0FBSyxRQUFRLElBQUksR0FBRyxLQUFLO0FBQUEsRUFDcEY7QUFDRjtBQUVBLGVBQWUsVUFBVSxNQUFjLElBQVksT0FBZ0M7QUFDakYsTUFBSTtBQUNGLFFBQUksTUFBTSxlQUFlLEdBQUc7QUFDMUIsZ0JBQU0sb0JBQUcsSUFBSSxFQUFFLE9BQU8sS0FBSyxDQUFDO0FBQzVCLGdCQUFNLHlCQUFRLFVBQU0sMEJBQVMsSUFBSSxHQUFHLEVBQUU7QUFDdEMsYUFBTztBQUFBLElBQ1Q7QUFDQSxRQUFJLENBQUMsTUFBTSxPQUFPLEVBQUcsUUFBTztBQUM1QixjQUFNLDBCQUFTLE1BQU0sSUFBSSx5QkFBVSxnQkFBZ0I7QUFDbkQsV0FBTztBQUFBLEVBQ1QsU0FBUyxPQUFPO0FBQ2QsWUFBSSxxQkFBTyxPQUFPLFFBQVEsRUFBRyxRQUFPO0FBQ3BDLFVBQU07QUFBQSxFQUNSO0FBQ0Y7QUFHQSxlQUFzQixTQUFTLFFBQWdCLFFBQStCO0FBQzVFLFFBQU0sUUFBUSxVQUFNLHVCQUFNLE1BQU07QUFDaEMsTUFBSSxDQUFDLE1BQU0sWUFBWSxHQUFHO0FBQ3hCLGNBQU0sNEJBQWMsaUJBQUFBLFFBQUssUUFBUSxNQUFNLENBQUM7QUFDeEMsVUFBTSxVQUFVLFFBQVEsUUFBUSxLQUFLO0FBQ3JDO0FBQUEsRUFDRjtBQUNBLFFBQU0sVUFBVSxVQUFNLHVCQUFTLE1BQU07QUFDckMsWUFBTSw0QkFBYyxNQUFNO0FBQzFCLGFBQVcsRUFBRSxNQUFNLE1BQU0sT0FBTyxNQUFNLEtBQUssU0FBUztBQUNsRCxRQUFJLE1BQU0sWUFBWSxFQUFHLFdBQU0sdUJBQU0saUJBQUFBLFFBQUssS0FBSyxRQUFRLElBQUksR0FBRyxFQUFFLFdBQVcsS0FBSyxDQUFDO0FBQUEsRUFDbkY7QUFDQSxRQUFNLFFBQVEsUUFBUSxPQUFPLENBQUMsRUFBRSxPQUFPLE1BQU0sTUFBTSxDQUFDLE1BQU0sWUFBWSxDQUFDO0FBQ3ZFLFFBQU0sV0FBVyxPQUFPLE9BQU8sRUFBRSxNQUFNLE1BQU0sT0FBTyxNQUFNLE1BQU07QUFDOUQsVUFBTSxVQUFVLGlCQUFBQSxRQUFLLEtBQUssUUFBUSxJQUFJLEdBQUcsaUJBQUFBLFFBQUssS0FBSyxRQUFRLElBQUksR0FBRyxLQUFLO0FBQUEsRUFDekUsQ0FBQztBQUNIO0FBR0EsZUFBZSxlQUFlLFdBQW9DO0FBQ2hFLFFBQU0sWUFBUSw0QkFBYyxTQUFTO0FBQ3JDLFlBQU0sMkJBQWEsT0FBTyxFQUFFO0FBQzVCLFFBQU0sRUFBRSxRQUFRLElBQUksVUFBTSxzQkFBSyxLQUFLO0FBQ3BDLFlBQU0sd0JBQU8sS0FBSztBQUNsQixTQUFPO0FBQ1Q7QUFFQSxlQUFlLFdBQWMsT0FBcUIsTUFBaUQ7QUFDakcsUUFBTSxRQUFRLENBQUMsR0FBRyxLQUFLO0FBQ3ZCLFFBQU0sU0FBUyxZQUEyQjtBQUN4QyxhQUFTLE9BQU8sTUFBTSxNQUFNLEdBQUcsU0FBUyxRQUFXLE9BQU8sTUFBTSxNQUFNLEVBQUcsT0FBTSxLQUFLLElBQUk7QUFBQSxFQUMxRjtBQUNBLFFBQU0sUUFBUSxJQUFJLE1BQU0sS0FBSyxFQUFFLFFBQVEsZUFBZSxHQUFHLE1BQU0sQ0FBQztBQUNsRTtBQUdBLGVBQXNCLFNBQVMsTUFBcUM7QUFDbEUsUUFBTSxTQUFTLFVBQU0sdUJBQVMsSUFBSSxHQUFHLE9BQU8sQ0FBQyxFQUFFLE1BQU0sTUFBTSxNQUFNLE9BQU8sQ0FBQztBQUN6RSxRQUFNLFNBQXVCLENBQUM7QUFDOUIsUUFBTSxXQUFXLE9BQU8sT0FBTyxFQUFFLE1BQU0sTUFBTSxNQUFNLE1BQU07QUFDdkQsV0FBTyxLQUFLLEVBQUUsTUFBTSxNQUFNLE9BQU8sTUFBTSxNQUFNLFFBQVEsVUFBTSx1QkFBUyxpQkFBQUEsUUFBSyxLQUFLLE1BQU0sSUFBSSxDQUFDLEVBQUUsQ0FBQztBQUFBLEVBQzlGLENBQUM7QUFDRCxTQUFPLE9BQU8sS0FBSyxDQUFDLEdBQUcsTUFBTyxFQUFFLE9BQU8sRUFBRSxPQUFPLEtBQUssQ0FBRTtBQUN6RDtBQUdBLGVBQXNCLFNBQVMsTUFBNkI7QUFDMUQsWUFBTSxvQkFBUSxRQUFRLENBQUMsTUFBTSxJQUFJLEdBQUcsRUFBRSxnQkFBZ0IsSUFBSSxDQUFDO0FBQzNELFFBQU0sU0FBUyxVQUFNLHNCQUFLLE1BQU0sR0FBRztBQUNuQyxRQUFNLE9BQU8sS0FBSztBQUNsQixRQUFNLE9BQU8sTUFBTTtBQUNyQjsiLAogICJuYW1lcyI6IFsicGF0aCJdCn0K
