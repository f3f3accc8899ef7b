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
var lock_exports = {};
__export(lock_exports, {
  withLock: () => withLock
});
module.exports = __toCommonJS(lock_exports);
var import_node_crypto = require("node:crypto");
var import_node_fs = require("node:fs");
var import_node_path = __toESM(require("node:path"));
var import_promises = require("node:timers/promises");
const heartbeatMs = 2e3;
const staleMs = 2e4;
async function withLock(file, options, work) {
  (0, import_node_fs.mkdirSync)(import_node_path.default.dirname(file), { recursive: true });
  const token = (0, import_node_crypto.randomUUID)();
  const start = Date.now();
  let told = 0;
  while (!tryLock(file, token)) {
    if (Date.now() - told > 5e3) {
      told = Date.now();
      options.waiting(Math.round((told - start) / 1e3));
    }
    await (0, import_promises.setTimeout)(200, void 0, { signal: options.signal });
  }
  const heartbeat = setInterval(() => touch(file, token), heartbeatMs);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    if (holder(file) === token) (0, import_node_fs.rmSync)(file, { force: true });
  }
}
function tryLock(file, token) {
  try {
    (0, import_node_fs.writeFileSync)(file, token, { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  removeStale(file);
  return false;
}
function holder(file) {
  try {
    return (0, import_node_fs.readFileSync)(file, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return void 0;
    throw error;
  }
}
function touch(file, token) {
  if (holder(file) !== token) return;
  const now = /* @__PURE__ */ new Date();
  (0, import_node_fs.utimesSync)(file, now, now);
}
function removeStale(file) {
  const aside = `${file}.${(0, import_node_crypto.randomUUID)()}`;
  try {
    if (Date.now() - (0, import_node_fs.statSync)(file).mtimeMs < staleMs) return;
    (0, import_node_fs.renameSync)(file, aside);
  } catch (error) {
    if (error.code === "ENOENT") return;
    throw error;
  }
  (0, import_node_fs.rmSync)(aside, { force: true });
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  withLock
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsibG9jay50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7OztBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQSx5QkFBMkI7QUFDM0IscUJBQWlHO0FBQ2pHLHVCQUFpQjtBQUNqQixzQkFBb0M7QUFHcEMsTUFBTSxjQUFjO0FBQ3BCLE1BQU0sVUFBVTtBQWNoQixlQUFzQixTQUFZLE1BQWMsU0FBc0IsTUFBb0M7QUFDeEcsZ0NBQVUsaUJBQUFBLFFBQUssUUFBUSxJQUFJLEdBQUcsRUFBRSxXQUFXLEtBQUssQ0FBQztBQUNqRCxRQUFNLFlBQVEsK0JBQVc7QUFDekIsUUFBTSxRQUFRLEtBQUssSUFBSTtBQUN2QixNQUFJLE9BQU87QUFDWCxTQUFPLENBQUMsUUFBUSxNQUFNLEtBQUssR0FBRztBQUM1QixRQUFJLEtBQUssSUFBSSxJQUFJLE9BQU8sS0FBTztBQUM3QixhQUFPLEtBQUssSUFBSTtBQUNoQixjQUFRLFFBQVEsS0FBSyxPQUFPLE9BQU8sU0FBUyxHQUFJLENBQUM7QUFBQSxJQUNuRDtBQUNBLGNBQU0sZ0JBQUFDLFlBQU0sS0FBSyxRQUFXLEVBQUUsUUFBUSxRQUFRLE9BQU8sQ0FBQztBQUFBLEVBQ3hEO0FBQ0EsUUFBTSxZQUFZLFlBQVksTUFBTSxNQUFNLE1BQU0sS0FBSyxHQUFHLFdBQVc7QUFDbkUsTUFBSTtBQUNGLFdBQU8sTUFBTSxLQUFLO0FBQUEsRUFDcEIsVUFBRTtBQUNBLGtCQUFjLFNBQVM7QUFDdkIsUUFBSSxPQUFPLElBQUksTUFBTSxNQUFPLDRCQUFPLE1BQU0sRUFBRSxPQUFPLEtBQUssQ0FBQztBQUFBLEVBQzFEO0FBQ0Y7QUFFQSxTQUFTLFFBQVEsTUFBYyxPQUF3QjtBQUNyRCxNQUFJO0FBQ0Ysc0NBQWMsTUFBTSxPQUFPLEVBQUUsTUFBTSxLQUFLLENBQUM7QUFDekMsV0FBTztBQUFBLEVBQ1QsU0FBUyxPQUFPO0FBQ2QsUUFBSyxNQUFnQyxTQUFTLFNBQVUsT0FBTTtBQUFBLEVBQ2hFO0FBQ0EsY0FBWSxJQUFJO0FBQ2hCLFNBQU87QUFDVDtBQUVBLFNBQVMsT0FBTyxNQUFrQztBQUNoRCxNQUFJO0FBQ0YsZUFBTyw2QkFBYSxNQUFNLE1BQU07QUFBQSxFQUNsQyxTQUFTLE9BQU87QUFDZCxRQUFLLE1BQWdDLFNBQVMsU0FBVSxRQUFPO0FBQy9ELFVBQU07QUFBQSxFQUNSO0FBQ0Y7QUFFQSxTQUFTLE1BQU0sTUFBYyxPQUFxQjtBQUNoRCxNQUFJLE9BQU8sSUFBSSxNQUFNLE1BQU87QUFDNUIsUUFBTSxNQUFNLG9CQUFJLEtBQUs7QUFDckIsaUNBQVcsTUFBTSxLQUFLLEdBQUc7QUFDM0I7QUFHQSxTQUFTLFlBQVksTUFBb0I7QUFDdkMsUUFBTSxRQUFRLEdBQUcsSUFBSSxRQUFJLCtCQUFXLENBQUM7QUFDckMsTUFBSTtBQUNGLFFBQUksS0FBSyxJQUFJLFFBQUkseUJBQVMsSUFBSSxFQUFFLFVBQVUsUUFBUztBQUNuRCxtQ0FBVyxNQUFNLEtBQUs7QUFBQSxFQUN4QixTQUFTLE9BQU87QUFDZCxRQUFLLE1BQWdDLFNBQVMsU0FBVTtBQUN4RCxVQUFNO0FBQUEsRUFDUjtBQUNBLDZCQUFPLE9BQU8sRUFBRSxPQUFPLEtBQUssQ0FBQztBQUMvQjsiLAogICJuYW1lcyI6IFsicGF0aCIsICJzbGVlcCJdCn0K
