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
var identity_exports = {};
__export(identity_exports, {
  hostIdentity: () => hostIdentity,
  machineIdentity: () => machineIdentity,
  processCommand: () => processCommand,
  processStart: () => processStart
});
module.exports = __toCommonJS(identity_exports);
var import_promises = require("node:fs/promises");
var import_node_os = require("node:os");
var import_files = require("./files");
var import_run = require("./run");
async function processStart(pid) {
  if (process.platform !== "linux") {
    const { stdout } = await (0, import_run.run)("ps", ["-o", "lstart=", "-p", String(pid)], { evenIfInterrupted: true });
    return stdout.trim() || void 0;
  }
  try {
    const stat = await (0, import_promises.readFile)(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? void 0 : fields[19];
  } catch (error) {
    if ((0, import_files.isCode)(error, "ENOENT", "ESRCH")) return void 0;
    throw error;
  }
}
async function processCommand(pid) {
  if (await processStart(pid) === void 0) return void 0;
  if (process.platform !== "linux") {
    return (await (0, import_run.run)("ps", ["-o", "command=", "-p", String(pid)], { evenIfInterrupted: true })).stdout.trim();
  }
  const text = await (0, import_files.readIfThere)(`/proc/${pid}/cmdline`);
  return text?.replaceAll("\0", " ").trim();
}
async function hostIdentity() {
  const boot = await (0, import_files.readIfThere)("/proc/sys/kernel/random/boot_id");
  return `${(0, import_node_os.hostname)()}/${boot?.trim() ?? "boot"}`;
}
async function machineIdentity() {
  const id = await (0, import_files.readIfThere)("/etc/machine-id");
  return id?.trim() || (0, import_node_os.hostname)();
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  hostIdentity,
  machineIdentity,
  processCommand,
  processStart
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiaWRlbnRpdHkudHMiXSwKICAibWFwcGluZ3MiOiAiOzs7Ozs7Ozs7Ozs7Ozs7OztBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQSxzQkFBeUI7QUFDekIscUJBQXlCO0FBQ3pCLG1CQUFvQztBQUNwQyxpQkFBb0I7QUFHcEIsZUFBc0IsYUFBYSxLQUEwQztBQUMzRSxNQUFJLFFBQVEsYUFBYSxTQUFTO0FBQ2hDLFVBQU0sRUFBRSxPQUFPLElBQUksVUFBTSxnQkFBSSxNQUFNLENBQUMsTUFBTSxXQUFXLE1BQU0sT0FBTyxHQUFHLENBQUMsR0FBRyxFQUFFLG1CQUFtQixLQUFLLENBQUM7QUFDcEcsV0FBTyxPQUFPLEtBQUssS0FBSztBQUFBLEVBQzFCO0FBQ0EsTUFBSTtBQUNGLFVBQU0sT0FBTyxVQUFNLDBCQUFTLFNBQVMsR0FBRyxTQUFTLE1BQU07QUFDdkQsVUFBTSxTQUFTLEtBQUssTUFBTSxLQUFLLFlBQVksR0FBRyxJQUFJLENBQUMsRUFBRSxNQUFNLEdBQUc7QUFFOUQsV0FBTyxPQUFPLENBQUMsTUFBTSxPQUFPLE9BQU8sQ0FBQyxNQUFNLE1BQU0sU0FBWSxPQUFPLEVBQUU7QUFBQSxFQUN2RSxTQUFTLE9BQU87QUFDZCxZQUFJLHFCQUFPLE9BQU8sVUFBVSxPQUFPLEVBQUcsUUFBTztBQUM3QyxVQUFNO0FBQUEsRUFDUjtBQUNGO0FBR0EsZUFBc0IsZUFBZSxLQUEwQztBQUM3RSxNQUFLLE1BQU0sYUFBYSxHQUFHLE1BQU8sT0FBVyxRQUFPO0FBQ3BELE1BQUksUUFBUSxhQUFhLFNBQVM7QUFDaEMsWUFBUSxVQUFNLGdCQUFJLE1BQU0sQ0FBQyxNQUFNLFlBQVksTUFBTSxPQUFPLEdBQUcsQ0FBQyxHQUFHLEVBQUUsbUJBQW1CLEtBQUssQ0FBQyxHQUFHLE9BQU8sS0FBSztBQUFBLEVBQzNHO0FBQ0EsUUFBTSxPQUFPLFVBQU0sMEJBQVksU0FBUyxHQUFHLFVBQVU7QUFDckQsU0FBTyxNQUFNLFdBQVcsTUFBTSxHQUFHLEVBQUUsS0FBSztBQUMxQztBQUdBLGVBQXNCLGVBQWdDO0FBQ3BELFFBQU0sT0FBTyxVQUFNLDBCQUFZLGlDQUFpQztBQUNoRSxTQUFPLE9BQUcseUJBQVMsQ0FBQyxJQUFJLE1BQU0sS0FBSyxLQUFLLE1BQU07QUFDaEQ7QUFHQSxlQUFzQixrQkFBbUM7QUFDdkQsUUFBTSxLQUFLLFVBQU0sMEJBQVksaUJBQWlCO0FBQzlDLFNBQU8sSUFBSSxLQUFLLFNBQUsseUJBQVM7QUFDaEM7IiwKICAibmFtZXMiOiBbXQp9Cg==
