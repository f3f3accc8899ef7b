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
var run_exports = {};
__export(run_exports, {
  account: () => account,
  run: () => run
});
module.exports = __toCommonJS(run_exports);
var import_node_child_process = require("node:child_process");
function byLine(line) {
  let rest = "";
  return (chunk) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(line);
  };
}
function run(program, args, options) {
  options.signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = (0, import_node_child_process.spawn)(program, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true
    });
    const result = { code: null, stdout: "", stderr: "" };
    const kill = (reason) => {
      result.killed ??= reason;
      if (child.pid !== void 0) killGroup(child.pid);
    };
    const onAbort = () => kill("aborted");
    const timer = setTimeout(() => kill("timeout"), options.timeoutSeconds * 1e3);
    const settle = () => {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", onAbort);
    };
    options.signal?.addEventListener("abort", onAbort, { once: true });
    for (const name of ["stdout", "stderr"]) {
      child[name].setEncoding("utf8").on("data", (chunk) => result[name] += chunk);
      if (options.line) child[name].on("data", byLine(options.line));
    }
    child.once("error", (error) => {
      settle();
      reject(error);
    });
    child.once("close", (code) => {
      settle();
      if (options.signal?.aborted) reject(options.signal.reason);
      else resolve({ ...result, code });
    });
  });
}
function killGroup(pid) {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}
function account(result, lines = 12) {
  const text = `${result.stdout}
${result.stderr}`.trim().split("\n").slice(-lines).join("\n");
  const end = result.killed === "timeout" ? "took too long and was ended" : `ended with code ${result.code ?? "none"}`;
  return `${end}${text === "" ? "" : `:
${text}`}`;
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  account,
  run
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsicnVuLnRzIl0sCiAgIm1hcHBpbmdzIjogIjs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQSxnQ0FBc0I7QUEyQnRCLFNBQVMsT0FBTyxNQUF1RDtBQUNyRSxNQUFJLE9BQU87QUFDWCxTQUFPLENBQUMsVUFBVTtBQUNoQixVQUFNLFNBQVMsT0FBTyxPQUFPLE1BQU0sSUFBSTtBQUN2QyxXQUFPLE1BQU0sSUFBSSxLQUFLO0FBQ3RCLFVBQU0sUUFBUSxJQUFJO0FBQUEsRUFDcEI7QUFDRjtBQU1PLFNBQVMsSUFBSSxTQUFpQixNQUF5QixTQUF5QztBQUNyRyxVQUFRLFFBQVEsZUFBZTtBQUMvQixTQUFPLElBQUksUUFBUSxDQUFDLFNBQVMsV0FBVztBQUN0QyxVQUFNLFlBQVEsaUNBQU0sU0FBUyxNQUFNO0FBQUEsTUFDakMsS0FBSyxRQUFRO0FBQUEsTUFDYixLQUFLLFFBQVEsT0FBTyxRQUFRO0FBQUEsTUFDNUIsT0FBTyxDQUFDLFVBQVUsUUFBUSxNQUFNO0FBQUEsTUFDaEMsVUFBVTtBQUFBLElBQ1osQ0FBQztBQUNELFVBQU0sU0FBb0IsRUFBRSxNQUFNLE1BQU0sUUFBUSxJQUFJLFFBQVEsR0FBRztBQUMvRCxVQUFNLE9BQU8sQ0FBQyxXQUFrQztBQUM5QyxhQUFPLFdBQVc7QUFDbEIsVUFBSSxNQUFNLFFBQVEsT0FBVyxXQUFVLE1BQU0sR0FBRztBQUFBLElBQ2xEO0FBQ0EsVUFBTSxVQUFVLE1BQU0sS0FBSyxTQUFTO0FBQ3BDLFVBQU0sUUFBUSxXQUFXLE1BQU0sS0FBSyxTQUFTLEdBQUcsUUFBUSxpQkFBaUIsR0FBSTtBQUM3RSxVQUFNLFNBQVMsTUFBTTtBQUNuQixtQkFBYSxLQUFLO0FBQ2xCLGNBQVEsUUFBUSxvQkFBb0IsU0FBUyxPQUFPO0FBQUEsSUFDdEQ7QUFDQSxZQUFRLFFBQVEsaUJBQWlCLFNBQVMsU0FBUyxFQUFFLE1BQU0sS0FBSyxDQUFDO0FBQ2pFLGVBQVcsUUFBUSxDQUFDLFVBQVUsUUFBUSxHQUFZO0FBQ2hELFlBQU0sSUFBSSxFQUFFLFlBQVksTUFBTSxFQUFFLEdBQUcsUUFBUSxDQUFDLFVBQW1CLE9BQU8sSUFBSSxLQUFLLEtBQU07QUFDckYsVUFBSSxRQUFRLEtBQU0sT0FBTSxJQUFJLEVBQUUsR0FBRyxRQUFRLE9BQU8sUUFBUSxJQUFJLENBQUM7QUFBQSxJQUMvRDtBQUNBLFVBQU0sS0FBSyxTQUFTLENBQUMsVUFBVTtBQUM3QixhQUFPO0FBQ1AsYUFBTyxLQUFLO0FBQUEsSUFDZCxDQUFDO0FBQ0QsVUFBTSxLQUFLLFNBQVMsQ0FBQyxTQUFTO0FBQzVCLGFBQU87QUFDUCxVQUFJLFFBQVEsUUFBUSxRQUFTLFFBQU8sUUFBUSxPQUFPLE1BQWU7QUFBQSxVQUM3RCxTQUFRLEVBQUUsR0FBRyxRQUFRLEtBQUssQ0FBQztBQUFBLElBQ2xDLENBQUM7QUFBQSxFQUNILENBQUM7QUFDSDtBQUdBLFNBQVMsVUFBVSxLQUFtQjtBQUNwQyxNQUFJO0FBQ0YsWUFBUSxLQUFLLENBQUMsS0FBSyxTQUFTO0FBQUEsRUFDOUIsU0FBUyxPQUFPO0FBQ2QsUUFBSyxNQUFnQyxTQUFTLFFBQVMsT0FBTTtBQUFBLEVBQy9EO0FBQ0Y7QUFHTyxTQUFTLFFBQVEsUUFBbUIsUUFBUSxJQUFZO0FBQzdELFFBQU0sT0FBTyxHQUFHLE9BQU8sTUFBTTtBQUFBLEVBQUssT0FBTyxNQUFNLEdBQUcsS0FBSyxFQUFFLE1BQU0sSUFBSSxFQUFFLE1BQU0sQ0FBQyxLQUFLLEVBQUUsS0FBSyxJQUFJO0FBQzVGLFFBQU0sTUFBTSxPQUFPLFdBQVcsWUFBWSxnQ0FBZ0MsbUJBQW1CLE9BQU8sUUFBUSxNQUFNO0FBQ2xILFNBQU8sR0FBRyxHQUFHLEdBQUcsU0FBUyxLQUFLLEtBQUs7QUFBQSxFQUFNLElBQUksRUFBRTtBQUNqRDsiLAogICJuYW1lcyI6IFtdCn0K
