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
var processes_exports = {};
__export(processes_exports, {
  killTree: () => killTree
});
module.exports = __toCommonJS(processes_exports);
var import_node_child_process = require("node:child_process");
var import_node_fs = require("node:fs");
function killTree(pid) {
  const rows = processTable();
  const group = rows.find((row) => row.pid === pid)?.group;
  const victims = /* @__PURE__ */ new Set([pid]);
  for (let before = 0; before < victims.size; ) {
    before = victims.size;
    for (const row of rows) if (victims.has(row.parent) && row.group === group) victims.add(row.pid);
  }
  for (const victim of victims) kill(victim);
}
function kill(pid) {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}
function processTable() {
  if (process.platform === "linux") return (0, import_node_fs.readdirSync)("/proc").flatMap(fromProc);
  return (0, import_node_child_process.execFileSync)("ps", ["-A", "-o", "pid=,ppid=,pgid="], { encoding: "utf8" }).trim().split("\n").map((line) => line.trim().split(/\s+/).map(Number)).map(([pid = 0, parent = 0, group = 0]) => ({ pid, parent, group }));
}
function fromProc(name) {
  if (!/^\d+$/.test(name)) return [];
  try {
    const stat = (0, import_node_fs.readFileSync)(`/proc/${name}/stat`, "utf8");
    const [, parent = 0, group = 0] = stat.slice(stat.lastIndexOf(")") + 2).split(" ").map(Number);
    return [{ pid: Number(name), parent, group }];
  } catch {
    return [];
  }
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  killTree
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsicHJvY2Vzc2VzLnRzIl0sCiAgIm1hcHBpbmdzIjogIjs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUEsZ0NBQTZCO0FBQzdCLHFCQUEwQztBQVNuQyxTQUFTLFNBQVMsS0FBbUI7QUFDMUMsUUFBTSxPQUFPLGFBQWE7QUFDMUIsUUFBTSxRQUFRLEtBQUssS0FBSyxDQUFDLFFBQVEsSUFBSSxRQUFRLEdBQUcsR0FBRztBQUNuRCxRQUFNLFVBQVUsb0JBQUksSUFBSSxDQUFDLEdBQUcsQ0FBQztBQUM3QixXQUFTLFNBQVMsR0FBRyxTQUFTLFFBQVEsUUFBTztBQUMzQyxhQUFTLFFBQVE7QUFDakIsZUFBVyxPQUFPLEtBQU0sS0FBSSxRQUFRLElBQUksSUFBSSxNQUFNLEtBQUssSUFBSSxVQUFVLE1BQU8sU0FBUSxJQUFJLElBQUksR0FBRztBQUFBLEVBQ2pHO0FBQ0EsYUFBVyxVQUFVLFFBQVMsTUFBSyxNQUFNO0FBQzNDO0FBRUEsU0FBUyxLQUFLLEtBQW1CO0FBQy9CLE1BQUk7QUFDRixZQUFRLEtBQUssS0FBSyxTQUFTO0FBQUEsRUFDN0IsU0FBUyxPQUFPO0FBQ2QsUUFBSyxNQUFnQyxTQUFTLFFBQVMsT0FBTTtBQUFBLEVBQy9EO0FBQ0Y7QUFFQSxTQUFTLGVBQXNCO0FBQzdCLE1BQUksUUFBUSxhQUFhLFFBQVMsWUFBTyw0QkFBWSxPQUFPLEVBQUUsUUFBUSxRQUFRO0FBQzlFLGFBQU8sd0NBQWEsTUFBTSxDQUFDLE1BQU0sTUFBTSxrQkFBa0IsR0FBRyxFQUFFLFVBQVUsT0FBTyxDQUFDLEVBQzdFLEtBQUssRUFDTCxNQUFNLElBQUksRUFDVixJQUFJLENBQUMsU0FBUyxLQUFLLEtBQUssRUFBRSxNQUFNLEtBQUssRUFBRSxJQUFJLE1BQU0sQ0FBQyxFQUNsRCxJQUFJLENBQUMsQ0FBQyxNQUFNLEdBQUcsU0FBUyxHQUFHLFFBQVEsQ0FBQyxPQUFPLEVBQUUsS0FBSyxRQUFRLE1BQU0sRUFBRTtBQUN2RTtBQUVBLFNBQVMsU0FBUyxNQUFxQjtBQUNyQyxNQUFJLENBQUMsUUFBUSxLQUFLLElBQUksRUFBRyxRQUFPLENBQUM7QUFDakMsTUFBSTtBQUNGLFVBQU0sV0FBTyw2QkFBYSxTQUFTLElBQUksU0FBUyxNQUFNO0FBQ3RELFVBQU0sQ0FBQyxFQUFFLFNBQVMsR0FBRyxRQUFRLENBQUMsSUFBSSxLQUMvQixNQUFNLEtBQUssWUFBWSxHQUFHLElBQUksQ0FBQyxFQUMvQixNQUFNLEdBQUcsRUFDVCxJQUFJLE1BQU07QUFDYixXQUFPLENBQUMsRUFBRSxLQUFLLE9BQU8sSUFBSSxHQUFHLFFBQVEsTUFBTSxDQUFDO0FBQUEsRUFDOUMsUUFBUTtBQUNOLFdBQU8sQ0FBQztBQUFBLEVBQ1Y7QUFDRjsiLAogICJuYW1lcyI6IFtdCn0K
