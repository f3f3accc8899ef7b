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
var errors_exports = {};
__export(errors_exports, {
  AgentError: () => AgentError,
  Damaged: () => Damaged,
  ExitCode: () => ExitCode,
  Refused: () => Refused,
  TryLater: () => TryLater,
  WorldFault: () => WorldFault,
  explain: () => explain
});
module.exports = __toCommonJS(errors_exports);
var import_mistakes = require("../../model/mistakes");
var import_plan = require("../../model/plan");
const ExitCode = {
  Done: 0,
  /** The program itself is at fault. */
  Bug: 1,
  /** The user's input is wrong. */
  Input: 2,
  /** Refused: going on could lose data. */
  Refused: 3,
  /** The world failed; run it again. */
  World: 4,
  /** Data is damaged. */
  Damaged: 5,
  /** Nothing is wrong, but not now. */
  TryLater: 75
};
class AgentError extends Error {
  constructor(message, exitCode) {
    super(message);
    this.exitCode = exitCode;
    this.name = new.target.name;
  }
  exitCode;
}
class Refused extends AgentError {
  constructor(message) {
    super(message, ExitCode.Refused);
  }
}
class WorldFault extends AgentError {
  constructor(message) {
    super(message, ExitCode.World);
  }
}
class Damaged extends AgentError {
  constructor(message) {
    super(message, ExitCode.Damaged);
  }
}
class TryLater extends AgentError {
  constructor(message) {
    super(message, ExitCode.TryLater);
  }
}
function explain(error) {
  if (error instanceof AgentError) return { exitCode: error.exitCode, message: error.message };
  if (error instanceof import_mistakes.InputError) return { exitCode: ExitCode.Input, message: error.message };
  if (error instanceof import_plan.PlanRefused) return { exitCode: ExitCode.Refused, message: `Refused: ${error.message}` };
  const system = error;
  if (typeof system.code === "string" && typeof system.syscall === "string") {
    return { exitCode: ExitCode.World, message: explainSystem(system) };
  }
  const text = error instanceof Error ? error.stack ?? error.message : String(error);
  return { exitCode: ExitCode.Bug, message: `unexpected: ${text}` };
}
const advice = {
  ENOSPC: "The disk is full: free space there and run the same command again.",
  EROFS: "The file system is read-only: make it writable and run the same command again.",
  EACCES: "Run it as a user who may do this.",
  EPERM: "Run it as a user who may do this.",
  EDQUOT: "The quota is used up: raise it and run the same command again."
};
function explainSystem(error) {
  return [error.message, advice[error.code ?? ""]].filter(Boolean).join(". ");
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  AgentError,
  Damaged,
  ExitCode,
  Refused,
  TryLater,
  WorldFault,
  explain
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiZXJyb3JzLnRzIl0sCiAgIm1hcHBpbmdzIjogIjs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUEsc0JBQTJCO0FBQzNCLGtCQUE0QjtBQUdyQixNQUFNLFdBQVc7QUFBQSxFQUN0QixNQUFNO0FBQUE7QUFBQSxFQUVOLEtBQUs7QUFBQTtBQUFBLEVBRUwsT0FBTztBQUFBO0FBQUEsRUFFUCxTQUFTO0FBQUE7QUFBQSxFQUVULE9BQU87QUFBQTtBQUFBLEVBRVAsU0FBUztBQUFBO0FBQUEsRUFFVCxVQUFVO0FBQ1o7QUFHTyxNQUFNLG1CQUFtQixNQUFNO0FBQUEsRUFDcEMsWUFDRSxTQUNTLFVBQ1Q7QUFDQSxVQUFNLE9BQU87QUFGSjtBQUdULFNBQUssT0FBTyxXQUFXO0FBQUEsRUFDekI7QUFBQSxFQUpXO0FBS2I7QUFHTyxNQUFNLGdCQUFnQixXQUFXO0FBQUEsRUFDdEMsWUFBWSxTQUFpQjtBQUMzQixVQUFNLFNBQVMsU0FBUyxPQUFPO0FBQUEsRUFDakM7QUFDRjtBQUdPLE1BQU0sbUJBQW1CLFdBQVc7QUFBQSxFQUN6QyxZQUFZLFNBQWlCO0FBQzNCLFVBQU0sU0FBUyxTQUFTLEtBQUs7QUFBQSxFQUMvQjtBQUNGO0FBR08sTUFBTSxnQkFBZ0IsV0FBVztBQUFBLEVBQ3RDLFlBQVksU0FBaUI7QUFDM0IsVUFBTSxTQUFTLFNBQVMsT0FBTztBQUFBLEVBQ2pDO0FBQ0Y7QUFHTyxNQUFNLGlCQUFpQixXQUFXO0FBQUEsRUFDdkMsWUFBWSxTQUFpQjtBQUMzQixVQUFNLFNBQVMsU0FBUyxRQUFRO0FBQUEsRUFDbEM7QUFDRjtBQUdPLFNBQVMsUUFBUSxPQUF1RDtBQUM3RSxNQUFJLGlCQUFpQixXQUFZLFFBQU8sRUFBRSxVQUFVLE1BQU0sVUFBVSxTQUFTLE1BQU0sUUFBUTtBQUMzRixNQUFJLGlCQUFpQiwyQkFBWSxRQUFPLEVBQUUsVUFBVSxTQUFTLE9BQU8sU0FBUyxNQUFNLFFBQVE7QUFDM0YsTUFBSSxpQkFBaUIsd0JBQWEsUUFBTyxFQUFFLFVBQVUsU0FBUyxTQUFTLFNBQVMsWUFBWSxNQUFNLE9BQU8sR0FBRztBQUM1RyxRQUFNLFNBQVM7QUFDZixNQUFJLE9BQU8sT0FBTyxTQUFTLFlBQVksT0FBTyxPQUFPLFlBQVksVUFBVTtBQUN6RSxXQUFPLEVBQUUsVUFBVSxTQUFTLE9BQU8sU0FBUyxjQUFjLE1BQU0sRUFBRTtBQUFBLEVBQ3BFO0FBQ0EsUUFBTSxPQUFPLGlCQUFpQixRQUFTLE1BQU0sU0FBUyxNQUFNLFVBQVcsT0FBTyxLQUFLO0FBQ25GLFNBQU8sRUFBRSxVQUFVLFNBQVMsS0FBSyxTQUFTLGVBQWUsSUFBSSxHQUFHO0FBQ2xFO0FBRUEsTUFBTSxTQUFpQztBQUFBLEVBQ3JDLFFBQVE7QUFBQSxFQUNSLE9BQU87QUFBQSxFQUNQLFFBQVE7QUFBQSxFQUNSLE9BQU87QUFBQSxFQUNQLFFBQVE7QUFDVjtBQUVBLFNBQVMsY0FBYyxPQUFzQztBQUMzRCxTQUFPLENBQUMsTUFBTSxTQUFTLE9BQU8sTUFBTSxRQUFRLEVBQUUsQ0FBQyxFQUFFLE9BQU8sT0FBTyxFQUFFLEtBQUssSUFBSTtBQUM1RTsiLAogICJuYW1lcyI6IFtdCn0K
