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
  compareTree: () => compareTree,
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
  const content = new import_node_stream.PassThrough({ highWaterMark: 1024 * 1024 });
  compressing.child.stdout?.pipe(content, { end: false });
  Promise.all([packing.ended, compressing.ended]).then(
    () => content.end(),
    (error) => content.destroy(error)
  );
  return content;
}
async function compareTree(content, root, progress) {
  return throughTar(content, ["--compare", "--directory", root], progress);
}
async function unpackTree(content, root, progress) {
  return throughTar(content, [...unpackOptions, "--directory", root], progress);
}
async function throughTar(content, options, progress) {
  const decompressing = start("zstd", ["--decompress", "--quiet", "--stdout"], ["pipe", "pipe", "pipe"]);
  const unpacking = start(tar, options, [decompressing.child.stdout, "ignore", "pipe"]);
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
      throw new import_errors.Damaged(`the tarball is not whole: ${cause.message}`);
    });
    throw error;
  }
  await Promise.all([decompressing.ended, unpacking.ended]).catch((cause) => {
    throw new import_errors.Damaged(`the tarball is not whole: ${cause.message}`);
  });
  return { bytes, sha256: hash.digest("hex") };
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  compareTree,
  packTree,
  unpackTree
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsidGFyYmFsbC50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7O0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQSxnQ0FBeUM7QUFDekMseUJBQTJCO0FBQzNCLHlCQUFzRDtBQUN0RCxzQkFBeUI7QUFDekIsb0JBQW9DO0FBQ3BDLHVCQUE0QjtBQUc1QixNQUFNLE1BQU0sUUFBUSxhQUFhLFdBQVcsU0FBUztBQUVyRCxNQUFNLGNBQWMsQ0FBQyxZQUFZLGVBQWUsbUJBQW1CLFlBQVksWUFBWSxnQkFBZ0I7QUFDM0csTUFBTSxnQkFBZ0I7QUFBQSxFQUNwQjtBQUFBLEVBQ0E7QUFBQSxFQUNBO0FBQUEsRUFDQTtBQUFBLEVBQ0E7QUFDRjtBQVFBLFNBQVMsTUFBTSxTQUFpQixNQUF5QixPQUFxQztBQUM1RixRQUFNLFlBQVEsaUNBQU0sU0FBUyxNQUFNLEVBQUUsT0FBdUIsUUFBUSw2QkFBWSxDQUFDO0FBQ2pGLE1BQUksU0FBUztBQUNiLFFBQU0sUUFBUSxHQUFHLFFBQVEsQ0FBQyxVQUFtQixVQUFVLFNBQVMsTUFBTSxTQUFTLEdBQUcsTUFBTSxJQUFLLENBQUU7QUFDL0YsUUFBTSxRQUFRLElBQUksUUFBYyxDQUFDLFNBQVMsV0FBVztBQUNuRCxVQUFNO0FBQUEsTUFBRztBQUFBLE1BQVMsQ0FBQyxVQUNqQixPQUFPLE1BQU0sU0FBUyxXQUFXLElBQUkseUJBQVcsR0FBRyxPQUFPLDZCQUE2QixJQUFJLEtBQUs7QUFBQSxJQUNsRztBQUNBLFVBQU0sR0FBRyxTQUFTLENBQUMsTUFBTSxXQUFXO0FBQ2xDLFVBQUksU0FBUyxFQUFHLFFBQU8sUUFBUTtBQUMvQixhQUFPLElBQUkseUJBQVcsR0FBRyxPQUFPLGdCQUFnQixVQUFVLGFBQWEsSUFBSSxFQUFFLEtBQUssT0FBTyxLQUFLLENBQUMsRUFBRSxDQUFDO0FBQUEsSUFDcEcsQ0FBQztBQUFBLEVBQ0gsQ0FBQztBQUNELFFBQU0sTUFBTSxNQUFNLE1BQVM7QUFDM0IsU0FBTyxFQUFFLE9BQU8sTUFBTTtBQUN4QjtBQU1PLFNBQVMsU0FBUyxNQUFjLFVBQVUsR0FBYTtBQUM1RCxRQUFNLFVBQVUsTUFBTSxLQUFLLENBQUMsR0FBRyxhQUFhLGVBQWUsTUFBTSxHQUFHLEdBQUcsQ0FBQyxVQUFVLFFBQVEsTUFBTSxDQUFDO0FBQ2pHLFFBQU0sY0FBYztBQUFBLElBQ2xCO0FBQUEsSUFDQSxDQUFDLEtBQUssT0FBTyxJQUFJLE1BQU0sV0FBVyxVQUFVO0FBQUEsSUFDNUMsQ0FBQyxRQUFRLE1BQU0sUUFBb0IsUUFBUSxNQUFNO0FBQUEsRUFDbkQ7QUFFQSxVQUFRLE1BQU0sUUFBUSxRQUFRO0FBQzlCLFFBQU0sVUFBVSxJQUFJLCtCQUFZLEVBQUUsZUFBZSxPQUFPLEtBQUssQ0FBQztBQUU5RCxjQUFZLE1BQU0sUUFBUSxLQUFLLFNBQVMsRUFBRSxLQUFLLE1BQU0sQ0FBQztBQUN0RCxVQUFRLElBQUksQ0FBQyxRQUFRLE9BQU8sWUFBWSxLQUFLLENBQUMsRUFBRTtBQUFBLElBQzlDLE1BQU0sUUFBUSxJQUFJO0FBQUEsSUFDbEIsQ0FBQyxVQUFpQixRQUFRLFFBQVEsS0FBSztBQUFBLEVBQ3pDO0FBQ0EsU0FBTztBQUNUO0FBTUEsZUFBc0IsWUFDcEIsU0FDQSxNQUNBLFVBQ21CO0FBQ25CLFNBQU8sV0FBVyxTQUFTLENBQUMsYUFBYSxlQUFlLElBQUksR0FBRyxRQUFRO0FBQ3pFO0FBWUEsZUFBc0IsV0FDcEIsU0FDQSxNQUNBLFVBQ21CO0FBQ25CLFNBQU8sV0FBVyxTQUFTLENBQUMsR0FBRyxlQUFlLGVBQWUsSUFBSSxHQUFHLFFBQVE7QUFDOUU7QUFFQSxlQUFlLFdBQ2IsU0FDQSxTQUNBLFVBQ21CO0FBQ25CLFFBQU0sZ0JBQWdCLE1BQU0sUUFBUSxDQUFDLGdCQUFnQixXQUFXLFVBQVUsR0FBRyxDQUFDLFFBQVEsUUFBUSxNQUFNLENBQUM7QUFDckcsUUFBTSxZQUFZLE1BQU0sS0FBSyxTQUFTLENBQUMsY0FBYyxNQUFNLFFBQW9CLFVBQVUsTUFBTSxDQUFDO0FBQ2hHLGdCQUFjLE1BQU0sUUFBUSxRQUFRO0FBQ3BDLFFBQU0sV0FBTywrQkFBVyxRQUFRO0FBQ2hDLE1BQUksUUFBUTtBQUNaLFFBQU0sVUFBVSxJQUFJLDZCQUFVO0FBQUEsSUFDNUIsZUFBZSxPQUFPO0FBQUEsSUFDdEIsVUFBVSxPQUFlLFdBQVcsTUFBTTtBQUN4QyxXQUFLLE9BQU8sS0FBSztBQUNqQixlQUFTLE1BQU07QUFDZixlQUFTLEtBQUs7QUFDZCxXQUFLLE1BQU0sS0FBSztBQUFBLElBQ2xCO0FBQUEsRUFDRixDQUFDO0FBQ0QsTUFBSTtBQUNGLGNBQU0sMEJBQVMsU0FBUyxTQUFTLGNBQWMsTUFBTSxTQUFTLElBQUksK0JBQVksQ0FBQztBQUFBLEVBQ2pGLFNBQVMsT0FBTztBQUVkLFVBQU0sUUFBUSxJQUFJLENBQUMsY0FBYyxPQUFPLFVBQVUsS0FBSyxDQUFDLEVBQUUsTUFBTSxDQUFDLFVBQWlCO0FBQ2hGLFlBQU0sSUFBSSxzQkFBUSw2QkFBNkIsTUFBTSxPQUFPLEVBQUU7QUFBQSxJQUNoRSxDQUFDO0FBQ0QsVUFBTTtBQUFBLEVBQ1I7QUFDQSxRQUFNLFFBQVEsSUFBSSxDQUFDLGNBQWMsT0FBTyxVQUFVLEtBQUssQ0FBQyxFQUFFLE1BQU0sQ0FBQyxVQUFpQjtBQUNoRixVQUFNLElBQUksc0JBQVEsNkJBQTZCLE1BQU0sT0FBTyxFQUFFO0FBQUEsRUFDaEUsQ0FBQztBQUNELFNBQU8sRUFBRSxPQUFPLFFBQVEsS0FBSyxPQUFPLEtBQUssRUFBRTtBQUM3QzsiLAogICJuYW1lcyI6IFtdCn0K
