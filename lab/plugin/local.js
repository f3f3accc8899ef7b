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
var local_exports = {};
__export(local_exports, {
  previousOutput: () => previousOutput,
  runLocal: () => runLocal
});
module.exports = __toCommonJS(local_exports);
var import_node_child_process = require("node:child_process");
var import_node_crypto = require("node:crypto");
var import_node_fs = require("node:fs");
var import_node_path = __toESM(require("node:path"));
var import_glob = require("./glob");
var import_operation = require("./operation");
var import_processes = require("./processes");
var import_values = require("./values");
function previousOutput(wanted, previous) {
  if (wanted === false) return {};
  return {
    ...previous.stdout && { PULUMI_COMMAND_STDOUT: previous.stdout },
    ...previous.stderr && { PULUMI_COMMAND_STDERR: previous.stderr }
  };
}
async function runLocal(command, inputs, previous, operation) {
  const dir = inputs.dir ?? process.cwd();
  const streams = new import_operation.Streams(operation.log, inputs.logging);
  const failure = await execute(command, { ...inputs, dir }, previous, { operation, streams });
  await streams.end();
  if (failure !== void 0) throw new Error(`${failure}: running ${JSON.stringify(command)}:
${streams.combined()}`);
  const outputs = { stdout: streams.text("stdout"), stderr: streams.text("stderr") };
  if (inputs.assetPaths) outputs["assets"] = findAssets(dir, inputs.assetPaths);
  if (inputs.archivePaths) outputs["archive"] = (0, import_values.archiveValue)(findAssets(dir, inputs.archivePaths));
  return outputs;
}
function execute(command, inputs, previous, { operation, streams }) {
  if (operation.signal.aborted) return Promise.resolve("context canceled");
  if (!(0, import_node_fs.statSync)(inputs.dir, { throwIfNoEntry: false })?.isDirectory()) {
    return Promise.resolve(`chdir ${inputs.dir}: no such file or directory`);
  }
  const interpreter = inputs.interpreter?.length ? inputs.interpreter : ["/bin/sh", "-c"];
  const [program = "", ...args] = [...interpreter, command];
  const env = { ...process.env, ...inputs.environment, ...previousOutput(inputs.addPreviousOutputInEnv, previous) };
  return new Promise((resolve) => {
    const child = (0, import_node_child_process.spawn)(program, args, {
      cwd: inputs.dir,
      env,
      stdio: [inputs.stdin ? "pipe" : "ignore", "pipe", "pipe"]
    });
    const abort = () => child.pid !== void 0 && (0, import_processes.killTree)(child.pid);
    operation.signal.addEventListener("abort", abort, { once: true });
    const settle = (failure) => {
      operation.signal.removeEventListener("abort", abort);
      resolve(failure);
    };
    for (const name of ["stdout", "stderr"]) {
      child[name]?.on("data", (chunk) => streams.add(name, chunk));
    }
    child.stdin?.on("error", () => void 0).end(inputs.stdin);
    child.once("error", (error) => settle(spawnFailure(program, error)));
    child.once("close", (code, signal) => settle(exitFailure(code, signal)));
  });
}
function spawnFailure(program, error) {
  if (error.code === "ENOENT") return `exec: ${JSON.stringify(program)}: executable file not found in $PATH`;
  return error.message;
}
function exitFailure(code, signal) {
  if (code === 0) return void 0;
  if (code !== null) return `exit status ${code}`;
  return `signal: ${signal === "SIGKILL" ? "killed" : signal === "SIGTERM" ? "terminated" : String(signal)}`;
}
function findAssets(dir, patterns) {
  const rules = patterns.map((pattern) => {
    const exclude = pattern.startsWith("!");
    return { exclude, expression: (0, import_glob.globToRegExp)(exclude ? pattern.slice(1) : pattern) };
  });
  const found = {};
  for (const name of filesUnder(dir, "")) {
    const last = rules.filter((rule) => rule.expression.test(name)).at(-1);
    if (last === void 0 || last.exclude) continue;
    const file = import_node_path.default.join(dir, name);
    found[name] = (0, import_values.assetValue)({ hash: (0, import_node_crypto.createHash)("sha256").update((0, import_node_fs.readFileSync)(file)).digest("hex"), path: file });
  }
  return found;
}
function filesUnder(root, folder) {
  return (0, import_node_fs.readdirSync)(import_node_path.default.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesUnder(root, name) : [name];
  });
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  previousOutput,
  runLocal
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsibG9jYWwudHMiXSwKICAibWFwcGluZ3MiOiAiOzs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQSxnQ0FBc0I7QUFDdEIseUJBQTJCO0FBQzNCLHFCQUFvRDtBQUNwRCx1QkFBaUI7QUFDakIsa0JBQTZCO0FBQzdCLHVCQUFzRDtBQUN0RCx1QkFBeUI7QUFDekIsb0JBQTBEO0FBcUJuRCxTQUFTLGVBQWUsUUFBNkIsVUFBNEM7QUFDdEcsTUFBSSxXQUFXLE1BQU8sUUFBTyxDQUFDO0FBQzlCLFNBQU87QUFBQSxJQUNMLEdBQUksU0FBUyxVQUFVLEVBQUUsdUJBQXVCLFNBQVMsT0FBTztBQUFBLElBQ2hFLEdBQUksU0FBUyxVQUFVLEVBQUUsdUJBQXVCLFNBQVMsT0FBTztBQUFBLEVBQ2xFO0FBQ0Y7QUFHQSxlQUFzQixTQUNwQixTQUNBLFFBQ0EsVUFDQSxXQUNxQjtBQUNyQixRQUFNLE1BQU0sT0FBTyxPQUFPLFFBQVEsSUFBSTtBQUN0QyxRQUFNLFVBQVUsSUFBSSx5QkFBUSxVQUFVLEtBQUssT0FBTyxPQUFPO0FBQ3pELFFBQU0sVUFBVSxNQUFNLFFBQVEsU0FBUyxFQUFFLEdBQUcsUUFBUSxJQUFJLEdBQUcsVUFBVSxFQUFFLFdBQVcsUUFBUSxDQUFDO0FBQzNGLFFBQU0sUUFBUSxJQUFJO0FBQ2xCLE1BQUksWUFBWSxPQUFXLE9BQU0sSUFBSSxNQUFNLEdBQUcsT0FBTyxhQUFhLEtBQUssVUFBVSxPQUFPLENBQUM7QUFBQSxFQUFNLFFBQVEsU0FBUyxDQUFDLEVBQUU7QUFDbkgsUUFBTSxVQUFzQixFQUFFLFFBQVEsUUFBUSxLQUFLLFFBQVEsR0FBRyxRQUFRLFFBQVEsS0FBSyxRQUFRLEVBQUU7QUFDN0YsTUFBSSxPQUFPLFdBQVksU0FBUSxRQUFRLElBQUksV0FBVyxLQUFLLE9BQU8sVUFBVTtBQUM1RSxNQUFJLE9BQU8sYUFBYyxTQUFRLFNBQVMsUUFBSSw0QkFBYSxXQUFXLEtBQUssT0FBTyxZQUFZLENBQUM7QUFDL0YsU0FBTztBQUNUO0FBR0EsU0FBUyxRQUNQLFNBQ0EsUUFDQSxVQUNBLEVBQUUsV0FBVyxRQUFRLEdBQ1E7QUFDN0IsTUFBSSxVQUFVLE9BQU8sUUFBUyxRQUFPLFFBQVEsUUFBUSxrQkFBa0I7QUFDdkUsTUFBSSxLQUFDLHlCQUFTLE9BQU8sS0FBSyxFQUFFLGdCQUFnQixNQUFNLENBQUMsR0FBRyxZQUFZLEdBQUc7QUFDbkUsV0FBTyxRQUFRLFFBQVEsU0FBUyxPQUFPLEdBQUcsNkJBQTZCO0FBQUEsRUFDekU7QUFDQSxRQUFNLGNBQWMsT0FBTyxhQUFhLFNBQVMsT0FBTyxjQUFjLENBQUMsV0FBVyxJQUFJO0FBQ3RGLFFBQU0sQ0FBQyxVQUFVLElBQUksR0FBRyxJQUFJLElBQUksQ0FBQyxHQUFHLGFBQWEsT0FBTztBQUN4RCxRQUFNLE1BQU0sRUFBRSxHQUFHLFFBQVEsS0FBSyxHQUFHLE9BQU8sYUFBYSxHQUFHLGVBQWUsT0FBTyx3QkFBd0IsUUFBUSxFQUFFO0FBQ2hILFNBQU8sSUFBSSxRQUFRLENBQUMsWUFBWTtBQUc5QixVQUFNLFlBQVEsaUNBQU0sU0FBUyxNQUFNO0FBQUEsTUFDakMsS0FBSyxPQUFPO0FBQUEsTUFDWjtBQUFBLE1BQ0EsT0FBTyxDQUFDLE9BQU8sUUFBUSxTQUFTLFVBQVUsUUFBUSxNQUFNO0FBQUEsSUFDMUQsQ0FBQztBQUNELFVBQU0sUUFBUSxNQUFNLE1BQU0sUUFBUSxjQUFhLDJCQUFTLE1BQU0sR0FBRztBQUNqRSxjQUFVLE9BQU8saUJBQWlCLFNBQVMsT0FBTyxFQUFFLE1BQU0sS0FBSyxDQUFDO0FBQ2hFLFVBQU0sU0FBUyxDQUFDLFlBQXFCO0FBQ25DLGdCQUFVLE9BQU8sb0JBQW9CLFNBQVMsS0FBSztBQUNuRCxjQUFRLE9BQU87QUFBQSxJQUNqQjtBQUNBLGVBQVcsUUFBUSxDQUFDLFVBQVUsUUFBUSxHQUFZO0FBQ2hELFlBQU0sSUFBSSxHQUFHLEdBQUcsUUFBUSxDQUFDLFVBQWtCLFFBQVEsSUFBSSxNQUFNLEtBQUssQ0FBQztBQUFBLElBQ3JFO0FBRUEsVUFBTSxPQUFPLEdBQUcsU0FBUyxNQUFNLE1BQVMsRUFBRSxJQUFJLE9BQU8sS0FBSztBQUMxRCxVQUFNLEtBQUssU0FBUyxDQUFDLFVBQWlDLE9BQU8sYUFBYSxTQUFTLEtBQUssQ0FBQyxDQUFDO0FBQzFGLFVBQU0sS0FBSyxTQUFTLENBQUMsTUFBTSxXQUFXLE9BQU8sWUFBWSxNQUFNLE1BQU0sQ0FBQyxDQUFDO0FBQUEsRUFDekUsQ0FBQztBQUNIO0FBRUEsU0FBUyxhQUFhLFNBQWlCLE9BQXNDO0FBQzNFLE1BQUksTUFBTSxTQUFTLFNBQVUsUUFBTyxTQUFTLEtBQUssVUFBVSxPQUFPLENBQUM7QUFDcEUsU0FBTyxNQUFNO0FBQ2Y7QUFFQSxTQUFTLFlBQVksTUFBcUIsUUFBbUQ7QUFDM0YsTUFBSSxTQUFTLEVBQUcsUUFBTztBQUN2QixNQUFJLFNBQVMsS0FBTSxRQUFPLGVBQWUsSUFBSTtBQUM3QyxTQUFPLFdBQVcsV0FBVyxZQUFZLFdBQVcsV0FBVyxZQUFZLGVBQWUsT0FBTyxNQUFNLENBQUM7QUFDMUc7QUFHQSxTQUFTLFdBQVcsS0FBYSxVQUF5QztBQUN4RSxRQUFNLFFBQVEsU0FBUyxJQUFJLENBQUMsWUFBWTtBQUN0QyxVQUFNLFVBQVUsUUFBUSxXQUFXLEdBQUc7QUFDdEMsV0FBTyxFQUFFLFNBQVMsZ0JBQVksMEJBQWEsVUFBVSxRQUFRLE1BQU0sQ0FBQyxJQUFJLE9BQU8sRUFBRTtBQUFBLEVBQ25GLENBQUM7QUFDRCxRQUFNLFFBQW9CLENBQUM7QUFDM0IsYUFBVyxRQUFRLFdBQVcsS0FBSyxFQUFFLEdBQUc7QUFDdEMsVUFBTSxPQUFPLE1BQU0sT0FBTyxDQUFDLFNBQVMsS0FBSyxXQUFXLEtBQUssSUFBSSxDQUFDLEVBQUUsR0FBRyxFQUFFO0FBQ3JFLFFBQUksU0FBUyxVQUFhLEtBQUssUUFBUztBQUN4QyxVQUFNLE9BQU8saUJBQUFBLFFBQUssS0FBSyxLQUFLLElBQUk7QUFDaEMsVUFBTSxJQUFJLFFBQUksMEJBQVcsRUFBRSxVQUFNLCtCQUFXLFFBQVEsRUFBRSxXQUFPLDZCQUFhLElBQUksQ0FBQyxFQUFFLE9BQU8sS0FBSyxHQUFHLE1BQU0sS0FBSyxDQUFDO0FBQUEsRUFDOUc7QUFDQSxTQUFPO0FBQ1Q7QUFFQSxTQUFTLFdBQVcsTUFBYyxRQUEwQjtBQUMxRCxhQUFPLDRCQUFZLGlCQUFBQSxRQUFLLEtBQUssTUFBTSxNQUFNLEdBQUcsRUFBRSxlQUFlLEtBQUssQ0FBQyxFQUFFLFFBQVEsQ0FBQyxVQUFVO0FBQ3RGLFVBQU0sT0FBTyxXQUFXLEtBQUssTUFBTSxPQUFPLEdBQUcsTUFBTSxJQUFJLE1BQU0sSUFBSTtBQUNqRSxXQUFPLE1BQU0sWUFBWSxJQUFJLFdBQVcsTUFBTSxJQUFJLElBQUksQ0FBQyxJQUFJO0FBQUEsRUFDN0QsQ0FBQztBQUNIOyIsCiAgIm5hbWVzIjogWyJwYXRoIl0KfQo=
