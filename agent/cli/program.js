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
var program_exports = {};
__export(program_exports, {
  runCommandLine: () => runCommandLine
});
module.exports = __toCommonJS(program_exports);
var import_commander = require("commander");
var import_identity = require("../identity");
var import_errors = require("../run/errors");
var import_events = require("../run/events");
var import_archiveCommands = require("./archiveCommands");
var import_hostCommands = require("./hostCommands");
var import_nodeCommands = require("./nodeCommands");
const help = `
Examples:
  neumann-backup doctor                        does this node obey the contract?
  neumann-backup full                          a full backup, now, on the leader
  neumann-backup list --json                   every backup, for a machine
  neumann-backup plan latest-offsite           what a recovery would do; touches nothing
  neumann-backup verify --depth bytes          read every byte of every backup

Exit codes: 0 done, 2 wrong input, 3 refused as unsafe, 4 the world failed (run it again), 5 damaged data, 75 try later.`;
async function runCommandLine(argv) {
  let exitCode = import_errors.ExitCode.Done;
  const program = new import_commander.Command("neumann-backup").description("Backup and recovery of a Neumann cluster: the agent on each node.").version(import_identity.agentVersion).option(
    "--config <file>",
    "the agent's configuration",
    process.env.NEUMANN_BACKUP_CONFIG ?? "/opt/neumann-backup/agent.json"
  ).option("--json", "events as JSON lines on standard error, the result as one line on standard output", false).option("--quiet", "silent but for errors: for timers", false).addHelpText("after", help).exitOverride().showHelpAfterError("(neumann-backup --help shows examples)");
  const run = async (name, work) => {
    const options2 = program.opts();
    const reporter = reporterFor(name, options2);
    try {
      const outcome = await work(reporter);
      process.stdout.write(`${options2.json ? JSON.stringify(outcome.result) : outcome.text}
`);
      exitCode = outcome.exitCode ?? import_errors.ExitCode.Done;
    } catch (error) {
      const { exitCode: code, message } = (0, import_errors.explain)(error);
      reporter.emit({
        event: "error",
        message: options2.json || options2.quiet ? message : `neumann-backup ${name}: ${message}`
      });
      exitCode = code;
    }
  };
  const options = () => program.opts();
  (0, import_nodeCommands.addNodeCommands)(program, run, options);
  (0, import_archiveCommands.addArchiveCommands)(program, run, options);
  (0, import_hostCommands.addHostCommands)(program, run, options);
  for (const command of program.commands) command.exitOverride();
  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (error instanceof import_commander.CommanderError) return error.exitCode === 0 ? import_errors.ExitCode.Done : import_errors.ExitCode.Input;
    throw error;
  }
  return exitCode;
}
function reporterFor(name, options) {
  const write = (text) => {
    process.stderr.write(text);
  };
  if (options.json) return (0, import_events.jsonReporter)(name, write);
  if (options.quiet) return (0, import_events.quietReporter)(name, write);
  return (0, import_events.humanReporter)(write, process.stderr.isTTY);
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  runCommandLine
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsicHJvZ3JhbS50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7O0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBLHVCQUF3QztBQUN4QyxzQkFBNkI7QUFDN0Isb0JBQWtDO0FBQ2xDLG9CQUEwRTtBQUMxRSw2QkFBbUM7QUFDbkMsMEJBQWdDO0FBQ2hDLDBCQUFnQztBQWtCaEMsTUFBTSxPQUFPO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQVdiLGVBQXNCLGVBQWUsTUFBMEM7QUFDN0UsTUFBSSxXQUFtQix1QkFBUztBQUNoQyxRQUFNLFVBQVUsSUFBSSx5QkFBUSxnQkFBZ0IsRUFDekMsWUFBWSxtRUFBbUUsRUFDL0UsUUFBUSw0QkFBWSxFQUNwQjtBQUFBLElBQ0M7QUFBQSxJQUNBO0FBQUEsSUFDQSxRQUFRLElBQUkseUJBQXlCO0FBQUEsRUFDdkMsRUFDQyxPQUFPLFVBQVUscUZBQXFGLEtBQUssRUFDM0csT0FBTyxXQUFXLHFDQUFxQyxLQUFLLEVBQzVELFlBQVksU0FBUyxJQUFJLEVBQ3pCLGFBQWEsRUFDYixtQkFBbUIsd0NBQXdDO0FBRTlELFFBQU0sTUFBYyxPQUFPLE1BQU0sU0FBUztBQUN4QyxVQUFNQSxXQUFVLFFBQVEsS0FBb0I7QUFDNUMsVUFBTSxXQUFXLFlBQVksTUFBTUEsUUFBTztBQUMxQyxRQUFJO0FBQ0YsWUFBTSxVQUFVLE1BQU0sS0FBSyxRQUFRO0FBQ25DLGNBQVEsT0FBTyxNQUFNLEdBQUdBLFNBQVEsT0FBTyxLQUFLLFVBQVUsUUFBUSxNQUFNLElBQUksUUFBUSxJQUFJO0FBQUEsQ0FBSTtBQUN4RixpQkFBVyxRQUFRLFlBQVksdUJBQVM7QUFBQSxJQUMxQyxTQUFTLE9BQU87QUFDZCxZQUFNLEVBQUUsVUFBVSxNQUFNLFFBQVEsUUFBSSx1QkFBUSxLQUFLO0FBQ2pELGVBQVMsS0FBSztBQUFBLFFBQ1osT0FBTztBQUFBLFFBQ1AsU0FBU0EsU0FBUSxRQUFRQSxTQUFRLFFBQVEsVUFBVSxrQkFBa0IsSUFBSSxLQUFLLE9BQU87QUFBQSxNQUN2RixDQUFDO0FBQ0QsaUJBQVc7QUFBQSxJQUNiO0FBQUEsRUFDRjtBQUVBLFFBQU0sVUFBVSxNQUFxQixRQUFRLEtBQW9CO0FBQ2pFLDJDQUFnQixTQUFTLEtBQUssT0FBTztBQUNyQyxpREFBbUIsU0FBUyxLQUFLLE9BQU87QUFDeEMsMkNBQWdCLFNBQVMsS0FBSyxPQUFPO0FBQ3JDLGFBQVcsV0FBVyxRQUFRLFNBQVUsU0FBUSxhQUFhO0FBQzdELE1BQUk7QUFDRixVQUFNLFFBQVEsV0FBVyxJQUFJO0FBQUEsRUFDL0IsU0FBUyxPQUFPO0FBQ2QsUUFBSSxpQkFBaUIsZ0NBQWdCLFFBQU8sTUFBTSxhQUFhLElBQUksdUJBQVMsT0FBTyx1QkFBUztBQUM1RixVQUFNO0FBQUEsRUFDUjtBQUNBLFNBQU87QUFDVDtBQUVBLFNBQVMsWUFBWSxNQUFjLFNBQWtDO0FBQ25FLFFBQU0sUUFBUSxDQUFDLFNBQXVCO0FBQ3BDLFlBQVEsT0FBTyxNQUFNLElBQUk7QUFBQSxFQUMzQjtBQUNBLE1BQUksUUFBUSxLQUFNLFlBQU8sNEJBQWEsTUFBTSxLQUFLO0FBQ2pELE1BQUksUUFBUSxNQUFPLFlBQU8sNkJBQWMsTUFBTSxLQUFLO0FBQ25ELGFBQU8sNkJBQWMsT0FBTyxRQUFRLE9BQU8sS0FBSztBQUNsRDsiLAogICJuYW1lcyI6IFsib3B0aW9ucyJdCn0K
