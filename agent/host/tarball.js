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
var tarball_exports = {};
__export(tarball_exports, {
  packTree: () => packTree,
  unpackTree: () => unpackTree
});
module.exports = __toCommonJS(tarball_exports);
var import_node_child_process = require("node:child_process");
var import_node_crypto = require("node:crypto");
var import_node_stream = require("node:stream");
var import_promises = require("node:stream/promises");
var import_errors = require("../run/errors");
var import_interrupt = require("../run/interrupt");
const tar = process.platform === "darwin" ? "gtar" : "tar";
const packOptions = ["--create", "--sort=name", "--numeric-owner", "--sparse", "--xattrs", "--format=posix"];
const unpackOptions = [
  "--extract",
  "--numeric-owner",
  "--same-permissions",
  "--no-same-owner",
  "--delay-directory-restore"
];
function start(program, args, stdio) {
  const child = (0, import_node_child_process.spawn)(program, args, { stdio, signal: import_interrupt.interrupted });
  let stderr = "";
  child.stderr?.on("data", (chunk) => stderr = (stderr + chunk.toString()).slice(-2e3));
  const ended = new Promise((resolve, reject) => {
    child.on(
      "error",
      (error) => reject(error.code === "ENOENT" ? new import_errors.WorldFault(`${program} was not found. Install it.`) : error)
    );
    child.on("close", (code, signal) => {
      if (code === 0) return resolve();
      reject(new import_errors.WorldFault(`${program} failed with ${signal ?? `exit code ${code}`}: ${stderr.trim()}`));
    });
  });
  ended.catch(() => void 0);
  return { child, ended };
}
function packTree(root, threads = 0) {
  const packing = start(tar, [...packOptions, "--directory", root, "."], ["ignore", "pipe", "pipe"]);
  const compressing = start(
    "zstd",
    [`-T${threads}`, "-3", "--quiet", "--stdout"],
    [packing.child.stdout, "pipe", "pipe"]
  );
  packing.child.stdout?.destroy();
  const finished = Promise.all([packing.ended, compressing.ended]).then(() => void 0);
  finished.catch(() => void 0);
  return { content: compressing.child.stdout, finished };
}
async function unpackTree(content, root, progress) {
  const decompressing = start("zstd", ["--decompress", "--quiet", "--stdout"], ["pipe", "pipe", "pipe"]);
  const unpacking = start(
    tar,
    [...unpackOptions, "--directory", root],
    [decompressing.child.stdout, "ignore", "pipe"]
  );
  decompressing.child.stdout?.destroy();
  const hash = (0, import_node_crypto.createHash)("sha256");
  let bytes = 0;
  const measure = new import_node_stream.Transform({
    highWaterMark: 1024 * 1024,
    transform(chunk, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      progress(bytes);
      done(null, chunk);
    }
  });
  try {
    await (0, import_promises.pipeline)(content, measure, decompressing.child.stdin ?? new import_node_stream.PassThrough());
  } catch (error) {
    await Promise.all([decompressing.ended, unpacking.ended]).catch((cause) => {
      throw new import_errors.Damaged(`the tarball cannot be unpacked: ${cause.message}`);
    });
    throw error;
  }
  await Promise.all([decompressing.ended, unpacking.ended]).catch((cause) => {
    throw new import_errors.Damaged(`the tarball cannot be unpacked: ${cause.message}`);
  });
  return { bytes, sha256: hash.digest("hex") };
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  packTree,
  unpackTree
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsidGFyYmFsbC50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7O0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUEsZ0NBQXlDO0FBQ3pDLHlCQUEyQjtBQUMzQix5QkFBc0Q7QUFDdEQsc0JBQXlCO0FBQ3pCLG9CQUFvQztBQUNwQyx1QkFBNEI7QUFHNUIsTUFBTSxNQUFNLFFBQVEsYUFBYSxXQUFXLFNBQVM7QUFFckQsTUFBTSxjQUFjLENBQUMsWUFBWSxlQUFlLG1CQUFtQixZQUFZLFlBQVksZ0JBQWdCO0FBQzNHLE1BQU0sZ0JBQWdCO0FBQUEsRUFDcEI7QUFBQSxFQUNBO0FBQUEsRUFDQTtBQUFBLEVBQ0E7QUFBQSxFQUNBO0FBQ0Y7QUFRQSxTQUFTLE1BQU0sU0FBaUIsTUFBeUIsT0FBcUM7QUFDNUYsUUFBTSxZQUFRLGlDQUFNLFNBQVMsTUFBTSxFQUFFLE9BQXVCLFFBQVEsNkJBQVksQ0FBQztBQUNqRixNQUFJLFNBQVM7QUFDYixRQUFNLFFBQVEsR0FBRyxRQUFRLENBQUMsVUFBbUIsVUFBVSxTQUFTLE1BQU0sU0FBUyxHQUFHLE1BQU0sSUFBSyxDQUFFO0FBQy9GLFFBQU0sUUFBUSxJQUFJLFFBQWMsQ0FBQyxTQUFTLFdBQVc7QUFDbkQsVUFBTTtBQUFBLE1BQUc7QUFBQSxNQUFTLENBQUMsVUFDakIsT0FBTyxNQUFNLFNBQVMsV0FBVyxJQUFJLHlCQUFXLEdBQUcsT0FBTyw2QkFBNkIsSUFBSSxLQUFLO0FBQUEsSUFDbEc7QUFDQSxVQUFNLEdBQUcsU0FBUyxDQUFDLE1BQU0sV0FBVztBQUNsQyxVQUFJLFNBQVMsRUFBRyxRQUFPLFFBQVE7QUFDL0IsYUFBTyxJQUFJLHlCQUFXLEdBQUcsT0FBTyxnQkFBZ0IsVUFBVSxhQUFhLElBQUksRUFBRSxLQUFLLE9BQU8sS0FBSyxDQUFDLEVBQUUsQ0FBQztBQUFBLElBQ3BHLENBQUM7QUFBQSxFQUNILENBQUM7QUFDRCxRQUFNLE1BQU0sTUFBTSxNQUFTO0FBQzNCLFNBQU8sRUFBRSxPQUFPLE1BQU07QUFDeEI7QUFNTyxTQUFTLFNBQVMsTUFBYyxVQUFVLEdBQW1EO0FBQ2xHLFFBQU0sVUFBVSxNQUFNLEtBQUssQ0FBQyxHQUFHLGFBQWEsZUFBZSxNQUFNLEdBQUcsR0FBRyxDQUFDLFVBQVUsUUFBUSxNQUFNLENBQUM7QUFDakcsUUFBTSxjQUFjO0FBQUEsSUFDbEI7QUFBQSxJQUNBLENBQUMsS0FBSyxPQUFPLElBQUksTUFBTSxXQUFXLFVBQVU7QUFBQSxJQUM1QyxDQUFDLFFBQVEsTUFBTSxRQUFvQixRQUFRLE1BQU07QUFBQSxFQUNuRDtBQUVBLFVBQVEsTUFBTSxRQUFRLFFBQVE7QUFDOUIsUUFBTSxXQUFXLFFBQVEsSUFBSSxDQUFDLFFBQVEsT0FBTyxZQUFZLEtBQUssQ0FBQyxFQUFFLEtBQUssTUFBTSxNQUFTO0FBQ3JGLFdBQVMsTUFBTSxNQUFNLE1BQVM7QUFDOUIsU0FBTyxFQUFFLFNBQVMsWUFBWSxNQUFNLFFBQW9CLFNBQVM7QUFDbkU7QUFZQSxlQUFzQixXQUNwQixTQUNBLE1BQ0EsVUFDbUI7QUFDbkIsUUFBTSxnQkFBZ0IsTUFBTSxRQUFRLENBQUMsZ0JBQWdCLFdBQVcsVUFBVSxHQUFHLENBQUMsUUFBUSxRQUFRLE1BQU0sQ0FBQztBQUNyRyxRQUFNLFlBQVk7QUFBQSxJQUNoQjtBQUFBLElBQ0EsQ0FBQyxHQUFHLGVBQWUsZUFBZSxJQUFJO0FBQUEsSUFDdEMsQ0FBQyxjQUFjLE1BQU0sUUFBb0IsVUFBVSxNQUFNO0FBQUEsRUFDM0Q7QUFDQSxnQkFBYyxNQUFNLFFBQVEsUUFBUTtBQUNwQyxRQUFNLFdBQU8sK0JBQVcsUUFBUTtBQUNoQyxNQUFJLFFBQVE7QUFDWixRQUFNLFVBQVUsSUFBSSw2QkFBVTtBQUFBLElBQzVCLGVBQWUsT0FBTztBQUFBLElBQ3RCLFVBQVUsT0FBZSxXQUFXLE1BQU07QUFDeEMsV0FBSyxPQUFPLEtBQUs7QUFDakIsZUFBUyxNQUFNO0FBQ2YsZUFBUyxLQUFLO0FBQ2QsV0FBSyxNQUFNLEtBQUs7QUFBQSxJQUNsQjtBQUFBLEVBQ0YsQ0FBQztBQUNELE1BQUk7QUFDRixjQUFNLDBCQUFTLFNBQVMsU0FBUyxjQUFjLE1BQU0sU0FBUyxJQUFJLCtCQUFZLENBQUM7QUFBQSxFQUNqRixTQUFTLE9BQU87QUFFZCxVQUFNLFFBQVEsSUFBSSxDQUFDLGNBQWMsT0FBTyxVQUFVLEtBQUssQ0FBQyxFQUFFLE1BQU0sQ0FBQyxVQUFpQjtBQUNoRixZQUFNLElBQUksc0JBQVEsbUNBQW1DLE1BQU0sT0FBTyxFQUFFO0FBQUEsSUFDdEUsQ0FBQztBQUNELFVBQU07QUFBQSxFQUNSO0FBQ0EsUUFBTSxRQUFRLElBQUksQ0FBQyxjQUFjLE9BQU8sVUFBVSxLQUFLLENBQUMsRUFBRSxNQUFNLENBQUMsVUFBaUI7QUFDaEYsVUFBTSxJQUFJLHNCQUFRLG1DQUFtQyxNQUFNLE9BQU8sRUFBRTtBQUFBLEVBQ3RFLENBQUM7QUFDRCxTQUFPLEVBQUUsT0FBTyxRQUFRLEtBQUssT0FBTyxLQUFLLEVBQUU7QUFDN0M7IiwKICAibmFtZXMiOiBbXQp9Cg==
