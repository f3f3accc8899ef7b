var __create = Object.create;
var __defProp = Object.defineProperty;
var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __getProtoOf = Object.getPrototypeOf;
var __hasOwnProp = Object.prototype.hasOwnProperty;
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
var import_walPush = require("./commands/walPush");
var import_context = require("./context");
var import_errors = require("./run/errors");
var import_events = require("./run/events");
var import_interrupt = require("./run/interrupt");
var import_steps = require("./run/steps");
function fastWalPush(words) {
  const [flag, config, command, file, segment, ...rest] = words;
  if (flag !== "--config" || command !== "wal-push" || rest.length > 0) return void 0;
  if (config === void 0 || file === void 0 || segment === void 0 || file.startsWith("-")) return void 0;
  return { config, file, segment };
}
async function main() {
  (0, import_interrupt.listenForSignals)();
  const push = fastWalPush(process.argv.slice(2));
  if (push === void 0) {
    const { runCommandLine } = await import("./cli/program");
    return runCommandLine(process.argv);
  }
  const node = (0, import_context.nodeOf)(await (0, import_context.loadConfig)(push.config));
  const reporter = (0, import_events.quietReporter)("wal-push", (line) => process.stderr.write(line));
  await (0, import_steps.runProcedure)(import_walPush.walPush, { node, file: push.file, segment: push.segment }, reporter);
  return 0;
}
main().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    const { exitCode, message } = (0, import_errors.explain)(error);
    process.stderr.write(`neumann-backup: ${message}
`);
    process.exitCode = exitCode;
  }
);
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsibWFpbi50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQSxxQkFBd0I7QUFDeEIscUJBQW1DO0FBQ25DLG9CQUF3QjtBQUN4QixvQkFBOEI7QUFDOUIsdUJBQWlDO0FBQ2pDLG1CQUE2QjtBQUc3QixTQUFTLFlBQVksT0FBeUY7QUFDNUcsUUFBTSxDQUFDLE1BQU0sUUFBUSxTQUFTLE1BQU0sU0FBUyxHQUFHLElBQUksSUFBSTtBQUN4RCxNQUFJLFNBQVMsY0FBYyxZQUFZLGNBQWMsS0FBSyxTQUFTLEVBQUcsUUFBTztBQUM3RSxNQUFJLFdBQVcsVUFBYSxTQUFTLFVBQWEsWUFBWSxVQUFhLEtBQUssV0FBVyxHQUFHLEVBQUcsUUFBTztBQUN4RyxTQUFPLEVBQUUsUUFBUSxNQUFNLFFBQVE7QUFDakM7QUFFQSxlQUFlLE9BQXdCO0FBQ3JDLHlDQUFpQjtBQUNqQixRQUFNLE9BQU8sWUFBWSxRQUFRLEtBQUssTUFBTSxDQUFDLENBQUM7QUFDOUMsTUFBSSxTQUFTLFFBQVc7QUFDdEIsVUFBTSxFQUFFLGVBQWUsSUFBSSxNQUFNLE9BQU8sZUFBZTtBQUN2RCxXQUFPLGVBQWUsUUFBUSxJQUFJO0FBQUEsRUFDcEM7QUFDQSxRQUFNLFdBQU8sdUJBQU8sVUFBTSwyQkFBVyxLQUFLLE1BQU0sQ0FBQztBQUNqRCxRQUFNLGVBQVcsNkJBQWMsWUFBWSxDQUFDLFNBQVMsUUFBUSxPQUFPLE1BQU0sSUFBSSxDQUFDO0FBQy9FLFlBQU0sMkJBQWEsd0JBQVMsRUFBRSxNQUFNLE1BQU0sS0FBSyxNQUFNLFNBQVMsS0FBSyxRQUFRLEdBQUcsUUFBUTtBQUN0RixTQUFPO0FBQ1Q7QUFFQSxLQUFLLEVBQUU7QUFBQSxFQUNMLENBQUMsU0FBUztBQUNSLFlBQVEsV0FBVztBQUFBLEVBQ3JCO0FBQUEsRUFDQSxDQUFDLFVBQW1CO0FBQ2xCLFVBQU0sRUFBRSxVQUFVLFFBQVEsUUFBSSx1QkFBUSxLQUFLO0FBQzNDLFlBQVEsT0FBTyxNQUFNLG1CQUFtQixPQUFPO0FBQUEsQ0FBSTtBQUNuRCxZQUFRLFdBQVc7QUFBQSxFQUNyQjtBQUNGOyIsCiAgIm5hbWVzIjogW10KfQo=
