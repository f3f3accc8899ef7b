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
  mustRun: () => mustRun,
  run: () => run
});
module.exports = __toCommonJS(run_exports);
var import_node_child_process = require("node:child_process");
var import_errors = require("../run/errors");
var import_interrupt = require("../run/interrupt");
function run(program, args, options = {}) {
  const spawnOptions = {
    cwd: options.directory,
    env: { ...process.env, ...options.environment },
    stdio: ["pipe", "pipe", "pipe"],
    timeout: (options.timeoutSeconds ?? 60) * 1e3,
    killSignal: "SIGKILL",
    signal: options.evenIfInterrupted ? void 0 : import_interrupt.interrupted
  };
  return new Promise((resolve, reject) => {
    const child = (0, import_node_child_process.spawn)(program, args, spawnOptions);
    const out = [];
    const err = [];
    child.stdout?.on("data", (chunk) => out.push(chunk));
    child.stderr?.on("data", (chunk) => err.push(chunk));
    child.on("error", (error) => reject(explainSpawn(program, error)));
    child.on("close", (code, signal) => {
      const stderr = Buffer.concat(err).toString() + (signal ? `
${program} was ended by ${signal}` : "");
      resolve({ code: code ?? 128, stdout: Buffer.concat(out).toString(), stderr });
    });
    child.stdin?.on("error", () => void 0);
    child.stdin?.end(options.input ?? "");
  });
}
async function mustRun(program, args, options = {}) {
  const result = await run(program, args, options);
  if (result.code !== 0) {
    const reason = (result.stderr || result.stdout).trim().split("\n").slice(-3).join("; ");
    throw new import_errors.WorldFault(`${[program, ...args].join(" ")} failed with exit code ${result.code}: ${reason}`);
  }
  return result.stdout;
}
function explainSpawn(program, error) {
  if (error.code === "ENOENT") return new import_errors.WorldFault(`${program} was not found. Install it or put it on PATH.`);
  if (error.name === "AbortError") return import_interrupt.interrupted.reason;
  return error;
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  mustRun,
  run
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsicnVuLnRzIl0sCiAgIm1hcHBpbmdzIjogIjs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQSxnQ0FBeUM7QUFDekMsb0JBQTJCO0FBQzNCLHVCQUE0QjtBQW1CckIsU0FBUyxJQUFJLFNBQWlCLE1BQXlCLFVBQXNCLENBQUMsR0FBdUI7QUFDMUcsUUFBTSxlQUE2QjtBQUFBLElBQ2pDLEtBQUssUUFBUTtBQUFBLElBQ2IsS0FBSyxFQUFFLEdBQUcsUUFBUSxLQUFLLEdBQUcsUUFBUSxZQUFZO0FBQUEsSUFDOUMsT0FBTyxDQUFDLFFBQVEsUUFBUSxNQUFNO0FBQUEsSUFDOUIsVUFBVSxRQUFRLGtCQUFrQixNQUFNO0FBQUEsSUFDMUMsWUFBWTtBQUFBLElBQ1osUUFBUSxRQUFRLG9CQUFvQixTQUFZO0FBQUEsRUFDbEQ7QUFDQSxTQUFPLElBQUksUUFBUSxDQUFDLFNBQVMsV0FBVztBQUN0QyxVQUFNLFlBQVEsaUNBQU0sU0FBUyxNQUFNLFlBQVk7QUFDL0MsVUFBTSxNQUFnQixDQUFDO0FBQ3ZCLFVBQU0sTUFBZ0IsQ0FBQztBQUN2QixVQUFNLFFBQVEsR0FBRyxRQUFRLENBQUMsVUFBa0IsSUFBSSxLQUFLLEtBQUssQ0FBQztBQUMzRCxVQUFNLFFBQVEsR0FBRyxRQUFRLENBQUMsVUFBa0IsSUFBSSxLQUFLLEtBQUssQ0FBQztBQUMzRCxVQUFNLEdBQUcsU0FBUyxDQUFDLFVBQVUsT0FBTyxhQUFhLFNBQVMsS0FBSyxDQUFDLENBQUM7QUFDakUsVUFBTSxHQUFHLFNBQVMsQ0FBQyxNQUFNLFdBQVc7QUFDbEMsWUFBTSxTQUFTLE9BQU8sT0FBTyxHQUFHLEVBQUUsU0FBUyxLQUFLLFNBQVM7QUFBQSxFQUFLLE9BQU8saUJBQWlCLE1BQU0sS0FBSztBQUNqRyxjQUFRLEVBQUUsTUFBTSxRQUFRLEtBQUssUUFBUSxPQUFPLE9BQU8sR0FBRyxFQUFFLFNBQVMsR0FBRyxPQUFPLENBQUM7QUFBQSxJQUM5RSxDQUFDO0FBRUQsVUFBTSxPQUFPLEdBQUcsU0FBUyxNQUFNLE1BQVM7QUFDeEMsVUFBTSxPQUFPLElBQUksUUFBUSxTQUFTLEVBQUU7QUFBQSxFQUN0QyxDQUFDO0FBQ0g7QUFHQSxlQUFzQixRQUFRLFNBQWlCLE1BQXlCLFVBQXNCLENBQUMsR0FBb0I7QUFDakgsUUFBTSxTQUFTLE1BQU0sSUFBSSxTQUFTLE1BQU0sT0FBTztBQUMvQyxNQUFJLE9BQU8sU0FBUyxHQUFHO0FBQ3JCLFVBQU0sVUFBVSxPQUFPLFVBQVUsT0FBTyxRQUFRLEtBQUssRUFBRSxNQUFNLElBQUksRUFBRSxNQUFNLEVBQUUsRUFBRSxLQUFLLElBQUk7QUFDdEYsVUFBTSxJQUFJLHlCQUFXLEdBQUcsQ0FBQyxTQUFTLEdBQUcsSUFBSSxFQUFFLEtBQUssR0FBRyxDQUFDLDBCQUEwQixPQUFPLElBQUksS0FBSyxNQUFNLEVBQUU7QUFBQSxFQUN4RztBQUNBLFNBQU8sT0FBTztBQUNoQjtBQUVBLFNBQVMsYUFBYSxTQUFpQixPQUFxQztBQUMxRSxNQUFJLE1BQU0sU0FBUyxTQUFVLFFBQU8sSUFBSSx5QkFBVyxHQUFHLE9BQU8sK0NBQStDO0FBQzVHLE1BQUksTUFBTSxTQUFTLGFBQWMsUUFBTyw2QkFBWTtBQUNwRCxTQUFPO0FBQ1Q7IiwKICAibmFtZXMiOiBbXQp9Cg==
