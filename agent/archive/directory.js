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
var directory_exports = {};
__export(directory_exports, {
  DirectoryArchive: () => DirectoryArchive
});
module.exports = __toCommonJS(directory_exports);
var import_node_crypto = require("node:crypto");
var import_node_fs = require("node:fs");
var import_promises = require("node:fs/promises");
var import_node_path = __toESM(require("node:path"));
var import_node_stream = require("node:stream");
var import_promises2 = require("node:stream/promises");
var import_archive = require("./archive");
var import_files = require("../host/files");
const metaSuffix = ".meta";
class DirectoryArchive {
  constructor(root) {
    this.root = root;
    this.description = root;
  }
  root;
  description;
  async putText(key, text) {
    const content = Buffer.from(text);
    const final = this.file(key);
    const created = await this.publish(final, (temporary) => (0, import_files.writeDurably)(temporary, content));
    if (!created && !(await (0, import_promises.readFile)(final)).equals(content)) throw new import_archive.Conflict(key, this.description);
    return { created, bytes: content.length, sha256: sha256(content) };
  }
  async putFile(key, file) {
    const content = await (0, import_promises.readFile)(file);
    const meta = { sha256: sha256(content), bytes: content.length };
    return this.putWithMeta(key, (temporary) => (0, import_files.writeDurably)(temporary, content).then(() => meta));
  }
  async putStream(key, content) {
    return this.putWithMeta(key, async (temporary) => {
      const hash = (0, import_node_crypto.createHash)("sha256");
      let bytes = 0;
      const measure = new import_node_stream.Transform({
        transform(chunk, _encoding, done) {
          hash.update(chunk);
          bytes += chunk.length;
          done(null, chunk);
        }
      });
      await (0, import_promises2.pipeline)(content, measure, newFile(temporary));
      return { sha256: hash.digest("hex"), bytes };
    });
  }
  async getText(key) {
    return (0, import_files.readIfThere)(this.file(key));
  }
  getStream(key) {
    return Promise.resolve((0, import_node_fs.createReadStream)(this.file(key), { highWaterMark: 1024 * 1024 }));
  }
  async storedHash(key) {
    const [meta, there] = await Promise.all([this.meta(key), (0, import_promises.stat)(this.file(key)).catch(absent)]);
    return there === void 0 ? void 0 : meta?.sha256;
  }
  async list(prefix) {
    const folder = prefix.slice(0, prefix.lastIndexOf("/") + 1);
    const found = [];
    await this.collect(folder, found);
    return found.filter((object) => object.key.startsWith(prefix)).sort((a, b) => a.key < b.key ? -1 : 1);
  }
  async now() {
    const probe = (0, import_files.temporaryName)(this.root);
    await (0, import_files.writeDurably)(probe, "");
    const { mtime } = await (0, import_promises.stat)(probe);
    await (0, import_promises.unlink)(probe);
    return mtime;
  }
  file(key) {
    const parts = key.split("/");
    if (parts.some((part) => part === "" || part === "." || part === ".." || part.includes("\0"))) {
      throw new TypeError(`not a key: ${key}`);
    }
    return import_node_path.default.join(this.root, ...parts);
  }
  async meta(key) {
    const text = await (0, import_files.readIfThere)(this.file(key) + metaSuffix);
    return text === void 0 ? void 0 : JSON.parse(text);
  }
  async collect(folder, found) {
    const directory = import_node_path.default.join(this.root, folder);
    const entries = await (0, import_promises.readdir)(directory, { withFileTypes: true }).catch(absent);
    for (const entry of entries ?? []) {
      if (entry.name.startsWith(import_files.ownPrefix) || entry.name.endsWith(metaSuffix)) continue;
      const key = `${folder}${entry.name}`;
      if (entry.isDirectory()) {
        await this.collect(`${key}/`, found);
        continue;
      }
      const stats = await (0, import_promises.stat)(import_node_path.default.join(directory, entry.name)).catch(absent);
      if (stats) found.push({ key, bytes: stats.size, storedAt: stats.mtime });
    }
  }
  async putWithMeta(key, write) {
    const final = this.file(key);
    await (0, import_files.makeDirectory)(import_node_path.default.dirname(final));
    const temporary = (0, import_files.temporaryName)(import_node_path.default.dirname(final));
    try {
      const meta = await write(temporary);
      await this.claimMeta(key, meta);
      const created = await linkNew(temporary, final);
      await (0, import_files.syncDirectory)(import_node_path.default.dirname(final));
      if (!created) await this.sameContent(key, meta);
      return { created, ...meta };
    } finally {
      await (0, import_promises.rm)(temporary, { force: true });
    }
  }
  /** The hash is on the disk before the object is: whoever dies in between leaves a hash that only the same content matches. */
  async claimMeta(key, meta) {
    const text = `${JSON.stringify(meta)}
`;
    const file = this.file(key) + metaSuffix;
    if (await this.publish(file, (temporary) => (0, import_files.writeDurably)(temporary, text))) return;
    const there = await this.meta(key);
    if (there?.sha256 !== meta.sha256 || there.bytes !== meta.bytes) throw new import_archive.Conflict(key, this.description);
  }
  /** The object that is there has the promised hash; its bytes are looked at too, for a disk may have changed them. */
  async sameContent(key, meta) {
    const found = await (0, import_files.hashFile)(this.file(key));
    if (found !== meta.sha256) throw new import_archive.Conflict(key, this.description);
  }
  async publish(final, write) {
    await (0, import_files.makeDirectory)(import_node_path.default.dirname(final));
    const temporary = (0, import_files.temporaryName)(import_node_path.default.dirname(final));
    try {
      await write(temporary);
      const created = await linkNew(temporary, final);
      await (0, import_files.syncDirectory)(import_node_path.default.dirname(final));
      return created;
    } finally {
      await (0, import_promises.rm)(temporary, { force: true });
    }
  }
}
function sha256(content) {
  return (0, import_node_crypto.createHash)("sha256").update(content).digest("hex");
}
function newFile(file) {
  return (0, import_node_fs.createWriteStream)(file, { flags: "wx", flush: true, highWaterMark: 4 * 1024 * 1024 });
}
async function linkNew(temporary, final) {
  try {
    await (0, import_promises.link)(temporary, final);
    return true;
  } catch (error) {
    if ((0, import_files.isCode)(error, "EEXIST")) return false;
    if ((0, import_files.isCode)(error, "EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS")) return copyExclusively(temporary, final);
    throw error;
  }
}
async function copyExclusively(temporary, final) {
  const handle = await (0, import_promises.open)(final, "wx").catch((error) => {
    if ((0, import_files.isCode)(error, "EEXIST")) return void 0;
    throw error;
  });
  if (handle === void 0) return false;
  try {
    for await (const chunk of (0, import_node_fs.createReadStream)(temporary)) await handle.write(chunk);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return true;
}
function absent(error) {
  if ((0, import_files.isCode)(error, "ENOENT", "ENOTDIR")) return void 0;
  throw error;
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  DirectoryArchive
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiZGlyZWN0b3J5LnRzIl0sCiAgIm1hcHBpbmdzIjogIjs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7O0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBLHlCQUEyQjtBQUMzQixxQkFBc0U7QUFDdEUsc0JBQWdFO0FBQ2hFLHVCQUFpQjtBQUNqQix5QkFBeUM7QUFDekMsSUFBQUEsbUJBQXlCO0FBQ3pCLHFCQUEwRTtBQUMxRSxtQkFTTztBQUVQLE1BQU0sYUFBYTtBQVdaLE1BQU0saUJBQW9DO0FBQUEsRUFHL0MsWUFBNkIsTUFBYztBQUFkO0FBQzNCLFNBQUssY0FBYztBQUFBLEVBQ3JCO0FBQUEsRUFGNkI7QUFBQSxFQUZwQjtBQUFBLEVBTVQsTUFBTSxRQUFRLEtBQWEsTUFBa0M7QUFDM0QsVUFBTSxVQUFVLE9BQU8sS0FBSyxJQUFJO0FBQ2hDLFVBQU0sUUFBUSxLQUFLLEtBQUssR0FBRztBQUMzQixVQUFNLFVBQVUsTUFBTSxLQUFLLFFBQVEsT0FBTyxDQUFDLGtCQUFjLDJCQUFhLFdBQVcsT0FBTyxDQUFDO0FBQ3pGLFFBQUksQ0FBQyxXQUFXLEVBQUUsVUFBTSwwQkFBUyxLQUFLLEdBQUcsT0FBTyxPQUFPLEVBQUcsT0FBTSxJQUFJLHdCQUFTLEtBQUssS0FBSyxXQUFXO0FBQ2xHLFdBQU8sRUFBRSxTQUFTLE9BQU8sUUFBUSxRQUFRLFFBQVEsT0FBTyxPQUFPLEVBQUU7QUFBQSxFQUNuRTtBQUFBLEVBRUEsTUFBTSxRQUFRLEtBQWEsTUFBa0M7QUFFM0QsVUFBTSxVQUFVLFVBQU0sMEJBQVMsSUFBSTtBQUNuQyxVQUFNLE9BQU8sRUFBRSxRQUFRLE9BQU8sT0FBTyxHQUFHLE9BQU8sUUFBUSxPQUFPO0FBQzlELFdBQU8sS0FBSyxZQUFZLEtBQUssQ0FBQyxrQkFBYywyQkFBYSxXQUFXLE9BQU8sRUFBRSxLQUFLLE1BQU0sSUFBSSxDQUFDO0FBQUEsRUFDL0Y7QUFBQSxFQUVBLE1BQU0sVUFBVSxLQUFhLFNBQXVDO0FBQ2xFLFdBQU8sS0FBSyxZQUFZLEtBQUssT0FBTyxjQUFjO0FBQ2hELFlBQU0sV0FBTywrQkFBVyxRQUFRO0FBQ2hDLFVBQUksUUFBUTtBQUNaLFlBQU0sVUFBVSxJQUFJLDZCQUFVO0FBQUEsUUFDNUIsVUFBVSxPQUFlLFdBQVcsTUFBTTtBQUN4QyxlQUFLLE9BQU8sS0FBSztBQUNqQixtQkFBUyxNQUFNO0FBQ2YsZUFBSyxNQUFNLEtBQUs7QUFBQSxRQUNsQjtBQUFBLE1BQ0YsQ0FBQztBQUNELGdCQUFNLDJCQUFTLFNBQVMsU0FBUyxRQUFRLFNBQVMsQ0FBQztBQUNuRCxhQUFPLEVBQUUsUUFBUSxLQUFLLE9BQU8sS0FBSyxHQUFHLE1BQU07QUFBQSxJQUM3QyxDQUFDO0FBQUEsRUFDSDtBQUFBLEVBRUEsTUFBTSxRQUFRLEtBQTBDO0FBQ3RELGVBQU8sMEJBQVksS0FBSyxLQUFLLEdBQUcsQ0FBQztBQUFBLEVBQ25DO0FBQUEsRUFFQSxVQUFVLEtBQWdDO0FBQ3hDLFdBQU8sUUFBUSxZQUFRLGlDQUFpQixLQUFLLEtBQUssR0FBRyxHQUFHLEVBQUUsZUFBZSxPQUFPLEtBQUssQ0FBQyxDQUFDO0FBQUEsRUFDekY7QUFBQSxFQUVBLE1BQU0sV0FBVyxLQUEwQztBQUN6RCxVQUFNLENBQUMsTUFBTSxLQUFLLElBQUksTUFBTSxRQUFRLElBQUksQ0FBQyxLQUFLLEtBQUssR0FBRyxPQUFHLHNCQUFLLEtBQUssS0FBSyxHQUFHLENBQUMsRUFBRSxNQUFNLE1BQU0sQ0FBQyxDQUFDO0FBQzVGLFdBQU8sVUFBVSxTQUFZLFNBQVksTUFBTTtBQUFBLEVBQ2pEO0FBQUEsRUFFQSxNQUFNLEtBQUssUUFBeUM7QUFDbEQsVUFBTSxTQUFTLE9BQU8sTUFBTSxHQUFHLE9BQU8sWUFBWSxHQUFHLElBQUksQ0FBQztBQUMxRCxVQUFNLFFBQXdCLENBQUM7QUFDL0IsVUFBTSxLQUFLLFFBQVEsUUFBUSxLQUFLO0FBQ2hDLFdBQU8sTUFBTSxPQUFPLENBQUMsV0FBVyxPQUFPLElBQUksV0FBVyxNQUFNLENBQUMsRUFBRSxLQUFLLENBQUMsR0FBRyxNQUFPLEVBQUUsTUFBTSxFQUFFLE1BQU0sS0FBSyxDQUFFO0FBQUEsRUFDeEc7QUFBQSxFQUVBLE1BQU0sTUFBcUI7QUFDekIsVUFBTSxZQUFRLDRCQUFjLEtBQUssSUFBSTtBQUNyQyxjQUFNLDJCQUFhLE9BQU8sRUFBRTtBQUM1QixVQUFNLEVBQUUsTUFBTSxJQUFJLFVBQU0sc0JBQUssS0FBSztBQUNsQyxjQUFNLHdCQUFPLEtBQUs7QUFDbEIsV0FBTztBQUFBLEVBQ1Q7QUFBQSxFQUVRLEtBQUssS0FBcUI7QUFDaEMsVUFBTSxRQUFRLElBQUksTUFBTSxHQUFHO0FBQzNCLFFBQUksTUFBTSxLQUFLLENBQUMsU0FBUyxTQUFTLE1BQU0sU0FBUyxPQUFPLFNBQVMsUUFBUSxLQUFLLFNBQVMsSUFBSSxDQUFDLEdBQUc7QUFDN0YsWUFBTSxJQUFJLFVBQVUsY0FBYyxHQUFHLEVBQUU7QUFBQSxJQUN6QztBQUNBLFdBQU8saUJBQUFDLFFBQUssS0FBSyxLQUFLLE1BQU0sR0FBRyxLQUFLO0FBQUEsRUFDdEM7QUFBQSxFQUVBLE1BQWMsS0FBSyxLQUF3QztBQUN6RCxVQUFNLE9BQU8sVUFBTSwwQkFBWSxLQUFLLEtBQUssR0FBRyxJQUFJLFVBQVU7QUFDMUQsV0FBTyxTQUFTLFNBQVksU0FBYSxLQUFLLE1BQU0sSUFBSTtBQUFBLEVBQzFEO0FBQUEsRUFFQSxNQUFjLFFBQVEsUUFBZ0IsT0FBc0M7QUFDMUUsVUFBTSxZQUFZLGlCQUFBQSxRQUFLLEtBQUssS0FBSyxNQUFNLE1BQU07QUFDN0MsVUFBTSxVQUFVLFVBQU0seUJBQVEsV0FBVyxFQUFFLGVBQWUsS0FBSyxDQUFDLEVBQUUsTUFBTSxNQUFNO0FBQzlFLGVBQVcsU0FBUyxXQUFXLENBQUMsR0FBRztBQUNqQyxVQUFJLE1BQU0sS0FBSyxXQUFXLHNCQUFTLEtBQUssTUFBTSxLQUFLLFNBQVMsVUFBVSxFQUFHO0FBQ3pFLFlBQU0sTUFBTSxHQUFHLE1BQU0sR0FBRyxNQUFNLElBQUk7QUFDbEMsVUFBSSxNQUFNLFlBQVksR0FBRztBQUN2QixjQUFNLEtBQUssUUFBUSxHQUFHLEdBQUcsS0FBSyxLQUFLO0FBQ25DO0FBQUEsTUFDRjtBQUNBLFlBQU0sUUFBUSxVQUFNLHNCQUFLLGlCQUFBQSxRQUFLLEtBQUssV0FBVyxNQUFNLElBQUksQ0FBQyxFQUFFLE1BQU0sTUFBTTtBQUN2RSxVQUFJLE1BQU8sT0FBTSxLQUFLLEVBQUUsS0FBSyxPQUFPLE1BQU0sTUFBTSxVQUFVLE1BQU0sTUFBTSxDQUFDO0FBQUEsSUFDekU7QUFBQSxFQUNGO0FBQUEsRUFFQSxNQUFjLFlBQVksS0FBYSxPQUFpRTtBQUN0RyxVQUFNLFFBQVEsS0FBSyxLQUFLLEdBQUc7QUFDM0IsY0FBTSw0QkFBYyxpQkFBQUEsUUFBSyxRQUFRLEtBQUssQ0FBQztBQUN2QyxVQUFNLGdCQUFZLDRCQUFjLGlCQUFBQSxRQUFLLFFBQVEsS0FBSyxDQUFDO0FBQ25ELFFBQUk7QUFDRixZQUFNLE9BQU8sTUFBTSxNQUFNLFNBQVM7QUFDbEMsWUFBTSxLQUFLLFVBQVUsS0FBSyxJQUFJO0FBQzlCLFlBQU0sVUFBVSxNQUFNLFFBQVEsV0FBVyxLQUFLO0FBQzlDLGdCQUFNLDRCQUFjLGlCQUFBQSxRQUFLLFFBQVEsS0FBSyxDQUFDO0FBQ3ZDLFVBQUksQ0FBQyxRQUFTLE9BQU0sS0FBSyxZQUFZLEtBQUssSUFBSTtBQUM5QyxhQUFPLEVBQUUsU0FBUyxHQUFHLEtBQUs7QUFBQSxJQUM1QixVQUFFO0FBQ0EsZ0JBQU0sb0JBQUcsV0FBVyxFQUFFLE9BQU8sS0FBSyxDQUFDO0FBQUEsSUFDckM7QUFBQSxFQUNGO0FBQUE7QUFBQSxFQUdBLE1BQWMsVUFBVSxLQUFhLE1BQTJCO0FBQzlELFVBQU0sT0FBTyxHQUFHLEtBQUssVUFBVSxJQUFJLENBQUM7QUFBQTtBQUNwQyxVQUFNLE9BQU8sS0FBSyxLQUFLLEdBQUcsSUFBSTtBQUM5QixRQUFJLE1BQU0sS0FBSyxRQUFRLE1BQU0sQ0FBQyxrQkFBYywyQkFBYSxXQUFXLElBQUksQ0FBQyxFQUFHO0FBQzVFLFVBQU0sUUFBUSxNQUFNLEtBQUssS0FBSyxHQUFHO0FBQ2pDLFFBQUksT0FBTyxXQUFXLEtBQUssVUFBVSxNQUFNLFVBQVUsS0FBSyxNQUFPLE9BQU0sSUFBSSx3QkFBUyxLQUFLLEtBQUssV0FBVztBQUFBLEVBQzNHO0FBQUE7QUFBQSxFQUdBLE1BQWMsWUFBWSxLQUFhLE1BQTJCO0FBQ2hFLFVBQU0sUUFBUSxVQUFNLHVCQUFTLEtBQUssS0FBSyxHQUFHLENBQUM7QUFDM0MsUUFBSSxVQUFVLEtBQUssT0FBUSxPQUFNLElBQUksd0JBQVMsS0FBSyxLQUFLLFdBQVc7QUFBQSxFQUNyRTtBQUFBLEVBRUEsTUFBYyxRQUFRLE9BQWUsT0FBK0Q7QUFDbEcsY0FBTSw0QkFBYyxpQkFBQUEsUUFBSyxRQUFRLEtBQUssQ0FBQztBQUN2QyxVQUFNLGdCQUFZLDRCQUFjLGlCQUFBQSxRQUFLLFFBQVEsS0FBSyxDQUFDO0FBQ25ELFFBQUk7QUFDRixZQUFNLE1BQU0sU0FBUztBQUNyQixZQUFNLFVBQVUsTUFBTSxRQUFRLFdBQVcsS0FBSztBQUM5QyxnQkFBTSw0QkFBYyxpQkFBQUEsUUFBSyxRQUFRLEtBQUssQ0FBQztBQUN2QyxhQUFPO0FBQUEsSUFDVCxVQUFFO0FBQ0EsZ0JBQU0sb0JBQUcsV0FBVyxFQUFFLE9BQU8sS0FBSyxDQUFDO0FBQUEsSUFDckM7QUFBQSxFQUNGO0FBQ0Y7QUFFQSxTQUFTLE9BQU8sU0FBeUI7QUFDdkMsYUFBTywrQkFBVyxRQUFRLEVBQUUsT0FBTyxPQUFPLEVBQUUsT0FBTyxLQUFLO0FBQzFEO0FBR0EsU0FBUyxRQUFRLE1BQTJCO0FBQzFDLGFBQU8sa0NBQWtCLE1BQU0sRUFBRSxPQUFPLE1BQU0sT0FBTyxNQUFNLGVBQWUsSUFBSSxPQUFPLEtBQUssQ0FBQztBQUM3RjtBQUdBLGVBQWUsUUFBUSxXQUFtQixPQUFpQztBQUN6RSxNQUFJO0FBQ0YsY0FBTSxzQkFBSyxXQUFXLEtBQUs7QUFDM0IsV0FBTztBQUFBLEVBQ1QsU0FBUyxPQUFPO0FBQ2QsWUFBSSxxQkFBTyxPQUFPLFFBQVEsRUFBRyxRQUFPO0FBQ3BDLFlBQUkscUJBQU8sT0FBTyxTQUFTLFdBQVcsY0FBYyxRQUFRLEVBQUcsUUFBTyxnQkFBZ0IsV0FBVyxLQUFLO0FBQ3RHLFVBQU07QUFBQSxFQUNSO0FBQ0Y7QUFHQSxlQUFlLGdCQUFnQixXQUFtQixPQUFpQztBQUNqRixRQUFNLFNBQVMsVUFBTSxzQkFBSyxPQUFPLElBQUksRUFBRSxNQUFNLENBQUMsVUFBbUI7QUFDL0QsWUFBSSxxQkFBTyxPQUFPLFFBQVEsRUFBRyxRQUFPO0FBQ3BDLFVBQU07QUFBQSxFQUNSLENBQUM7QUFDRCxNQUFJLFdBQVcsT0FBVyxRQUFPO0FBQ2pDLE1BQUk7QUFDRixxQkFBaUIsYUFBUyxpQ0FBaUIsU0FBUyxFQUFHLE9BQU0sT0FBTyxNQUFNLEtBQWU7QUFDekYsVUFBTSxPQUFPLEtBQUs7QUFBQSxFQUNwQixVQUFFO0FBQ0EsVUFBTSxPQUFPLE1BQU07QUFBQSxFQUNyQjtBQUNBLFNBQU87QUFDVDtBQUVBLFNBQVMsT0FBTyxPQUEyQjtBQUN6QyxVQUFJLHFCQUFPLE9BQU8sVUFBVSxTQUFTLEVBQUcsUUFBTztBQUMvQyxRQUFNO0FBQ1I7IiwKICAibmFtZXMiOiBbImltcG9ydF9wcm9taXNlcyIsICJwYXRoIl0KfQo=
