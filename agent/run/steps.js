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
var steps_exports = {};
__export(steps_exports, {
  runProcedure: () => runProcedure
});
module.exports = __toCommonJS(steps_exports);
var import_interrupt = require("./interrupt");
async function runProcedure(procedure, context, reporter) {
  try {
    for (const step of procedure.steps) {
      import_interrupt.interrupted.throwIfAborted();
      await runStep(procedure.name, step, { context, reporter });
    }
  } finally {
    await procedure.settle?.(context);
  }
}
async function runStep(command, step, { context, reporter }) {
  const began = performance.now();
  const id = `${command}/${step.name}`;
  const control = {
    progress: (bytes, total) => reporter.emit({ event: "progress", step: step.name, bytes, total }),
    note: (message) => reporter.emit({ event: "note", step: step.name, message }),
    point: () => failpoint(id, "in")
  };
  reporter.emit({ event: "step", step: step.name, message: step.title });
  await failpoint(id, "before");
  try {
    await step.run(context, control);
  } catch (error) {
    reporter.emit({ event: "failed", step: step.name, message: error.message });
    throw error;
  }
  await failpoint(id, "in");
  await failpoint(id, "after");
  const seconds = (performance.now() - began) / 1e3;
  reporter.emit({ event: "done", step: step.name, message: step.title, seconds });
}
async function failpoint(id, moment) {
  if (process.env.NEUMANN_BACKUP_FAILPOINT !== `${id}:${moment}`) return;
  process.kill(0, "SIGKILL");
  await new Promise(() => setInterval(() => void 0, 1e3));
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  runProcedure
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsic3RlcHMudHMiXSwKICAibWFwcGluZ3MiOiAiOzs7Ozs7Ozs7Ozs7Ozs7OztBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQSx1QkFBNEI7QUE4QjVCLGVBQXNCLGFBQWdCLFdBQXlCLFNBQVksVUFBbUM7QUFDNUcsTUFBSTtBQUNGLGVBQVcsUUFBUSxVQUFVLE9BQU87QUFDbEMsbUNBQVksZUFBZTtBQUMzQixZQUFNLFFBQVEsVUFBVSxNQUFNLE1BQU0sRUFBRSxTQUFTLFNBQVMsQ0FBQztBQUFBLElBQzNEO0FBQUEsRUFDRixVQUFFO0FBQ0EsVUFBTSxVQUFVLFNBQVMsT0FBTztBQUFBLEVBQ2xDO0FBQ0Y7QUFFQSxlQUFlLFFBQ2IsU0FDQSxNQUNBLEVBQUUsU0FBUyxTQUFTLEdBQ0w7QUFDZixRQUFNLFFBQVEsWUFBWSxJQUFJO0FBQzlCLFFBQU0sS0FBSyxHQUFHLE9BQU8sSUFBSSxLQUFLLElBQUk7QUFDbEMsUUFBTSxVQUF1QjtBQUFBLElBQzNCLFVBQVUsQ0FBQyxPQUFPLFVBQVUsU0FBUyxLQUFLLEVBQUUsT0FBTyxZQUFZLE1BQU0sS0FBSyxNQUFNLE9BQU8sTUFBTSxDQUFDO0FBQUEsSUFDOUYsTUFBTSxDQUFDLFlBQVksU0FBUyxLQUFLLEVBQUUsT0FBTyxRQUFRLE1BQU0sS0FBSyxNQUFNLFFBQVEsQ0FBQztBQUFBLElBQzVFLE9BQU8sTUFBTSxVQUFVLElBQUksSUFBSTtBQUFBLEVBQ2pDO0FBQ0EsV0FBUyxLQUFLLEVBQUUsT0FBTyxRQUFRLE1BQU0sS0FBSyxNQUFNLFNBQVMsS0FBSyxNQUFNLENBQUM7QUFDckUsUUFBTSxVQUFVLElBQUksUUFBUTtBQUM1QixNQUFJO0FBQ0YsVUFBTSxLQUFLLElBQUksU0FBUyxPQUFPO0FBQUEsRUFDakMsU0FBUyxPQUFPO0FBQ2QsYUFBUyxLQUFLLEVBQUUsT0FBTyxVQUFVLE1BQU0sS0FBSyxNQUFNLFNBQVUsTUFBZ0IsUUFBUSxDQUFDO0FBQ3JGLFVBQU07QUFBQSxFQUNSO0FBQ0EsUUFBTSxVQUFVLElBQUksSUFBSTtBQUN4QixRQUFNLFVBQVUsSUFBSSxPQUFPO0FBQzNCLFFBQU0sV0FBVyxZQUFZLElBQUksSUFBSSxTQUFTO0FBQzlDLFdBQVMsS0FBSyxFQUFFLE9BQU8sUUFBUSxNQUFNLEtBQUssTUFBTSxTQUFTLEtBQUssT0FBTyxRQUFRLENBQUM7QUFDaEY7QUFNQSxlQUFlLFVBQVUsSUFBWSxRQUFrRDtBQUNyRixNQUFJLFFBQVEsSUFBSSw2QkFBNkIsR0FBRyxFQUFFLElBQUksTUFBTSxHQUFJO0FBQ2hFLFVBQVEsS0FBSyxHQUFHLFNBQVM7QUFDekIsUUFBTSxJQUFJLFFBQVEsTUFBTSxZQUFZLE1BQU0sUUFBVyxHQUFJLENBQUM7QUFDNUQ7IiwKICAibmFtZXMiOiBbXQp9Cg==
