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
var index_exports = {};
__export(index_exports, {
  ToolchainError: () => import_needs2.ToolchainError,
  commandVersion: () => import_command_plugin2.commandVersion,
  engineVersion: () => import_engine2.engineVersion,
  ensureToolchain: () => ensureToolchain
});
module.exports = __toCommonJS(index_exports);
var import_node_os = __toESM(require("node:os"));
var import_node_path = __toESM(require("node:path"));
var import_command_plugin = require("./command-plugin");
var import_engine = require("./engine");
var import_needs = require("./needs");
var import_progress = require("./progress");
var import_command_plugin2 = require("./command-plugin");
var import_engine2 = require("./engine");
var import_needs2 = require("./needs");
async function ensureToolchain(options) {
  const pulumiHome = import_node_path.default.resolve(options.pulumiHome ?? defaultHome());
  const choice = options.commandPlugin ?? choiceFromEnvironment();
  const steps = new import_progress.Steps(options.progress);
  const searchPath = process.env["PATH"];
  const engine = await (0, import_engine.ensureEngine)({ pulumiHome, steps, searchPath, signal: options.signal });
  const lacks = (0, import_needs.lackingPrograms)(searchPath);
  if (lacks.length > 0) throw new import_needs.ToolchainError(lacks);
  const folders = [import_node_path.default.dirname(engine.pulumi), import_node_path.default.dirname(process.execPath), searchPath ?? ""];
  const environment = {
    PATH: folders.join(import_node_path.default.delimiter),
    PULUMI_HOME: pulumiHome,
    PULUMI_SKIP_UPDATE_CHECK: "true"
  };
  const { pulumi } = engine;
  const commandPlugin = await (0, import_command_plugin.ensureCommandPlugin)({
    pulumi,
    pulumiHome,
    environment,
    choice,
    steps,
    signal: options.signal
  });
  if (commandPlugin === "stand-in") environment["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] = "true";
  return { pulumiHome, pulumi, version: engine.version, commandPlugin, environment };
}
function defaultHome() {
  const set = process.env["PULUMI_HOME"];
  return set === void 0 || set === "" ? import_node_path.default.join(import_node_os.default.homedir(), ".pulumi") : set;
}
function choiceFromEnvironment() {
  const value = process.env["COMMAND_PLUGIN"] ?? "auto";
  if (value === "auto" || value === "official" || value === "stand-in") return value;
  throw new Error(`COMMAND_PLUGIN is "${value}": write auto, official or stand-in`);
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  ToolchainError,
  commandVersion,
  engineVersion,
  ensureToolchain
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiaW5kZXgudHMiXSwKICAibWFwcGluZ3MiOiAiOzs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUEscUJBQWU7QUFDZix1QkFBaUI7QUFDakIsNEJBQThEO0FBQzlELG9CQUE2QjtBQUM3QixtQkFBZ0Q7QUFDaEQsc0JBQXNCO0FBRXRCLElBQUFBLHlCQUF5RDtBQUN6RCxJQUFBQyxpQkFBOEI7QUFDOUIsSUFBQUMsZ0JBQTBDO0FBZ0MxQyxlQUFzQixnQkFBZ0IsU0FBK0M7QUFDbkYsUUFBTSxhQUFhLGlCQUFBQyxRQUFLLFFBQVEsUUFBUSxjQUFjLFlBQVksQ0FBQztBQUNuRSxRQUFNLFNBQVMsUUFBUSxpQkFBaUIsc0JBQXNCO0FBQzlELFFBQU0sUUFBUSxJQUFJLHNCQUFNLFFBQVEsUUFBUTtBQUN4QyxRQUFNLGFBQWEsUUFBUSxJQUFJLE1BQU07QUFDckMsUUFBTSxTQUFTLFVBQU0sNEJBQWEsRUFBRSxZQUFZLE9BQU8sWUFBWSxRQUFRLFFBQVEsT0FBTyxDQUFDO0FBQzNGLFFBQU0sWUFBUSw4QkFBZ0IsVUFBVTtBQUN4QyxNQUFJLE1BQU0sU0FBUyxFQUFHLE9BQU0sSUFBSSw0QkFBZSxLQUFLO0FBRXBELFFBQU0sVUFBVSxDQUFDLGlCQUFBQSxRQUFLLFFBQVEsT0FBTyxNQUFNLEdBQUcsaUJBQUFBLFFBQUssUUFBUSxRQUFRLFFBQVEsR0FBRyxjQUFjLEVBQUU7QUFDOUYsUUFBTSxjQUFzQztBQUFBLElBQzFDLE1BQU0sUUFBUSxLQUFLLGlCQUFBQSxRQUFLLFNBQVM7QUFBQSxJQUNqQyxhQUFhO0FBQUEsSUFDYiwwQkFBMEI7QUFBQSxFQUM1QjtBQUNBLFFBQU0sRUFBRSxPQUFPLElBQUk7QUFDbkIsUUFBTSxnQkFBZ0IsVUFBTSwyQ0FBb0I7QUFBQSxJQUM5QztBQUFBLElBQ0E7QUFBQSxJQUNBO0FBQUEsSUFDQTtBQUFBLElBQ0E7QUFBQSxJQUNBLFFBQVEsUUFBUTtBQUFBLEVBQ2xCLENBQUM7QUFFRCxNQUFJLGtCQUFrQixXQUFZLGFBQVksNkNBQTZDLElBQUk7QUFDL0YsU0FBTyxFQUFFLFlBQVksUUFBUSxTQUFTLE9BQU8sU0FBUyxlQUFlLFlBQVk7QUFDbkY7QUFFQSxTQUFTLGNBQXNCO0FBQzdCLFFBQU0sTUFBTSxRQUFRLElBQUksYUFBYTtBQUNyQyxTQUFPLFFBQVEsVUFBYSxRQUFRLEtBQUssaUJBQUFBLFFBQUssS0FBSyxlQUFBQyxRQUFHLFFBQVEsR0FBRyxTQUFTLElBQUk7QUFDaEY7QUFFQSxTQUFTLHdCQUE2QztBQUNwRCxRQUFNLFFBQVEsUUFBUSxJQUFJLGdCQUFnQixLQUFLO0FBQy9DLE1BQUksVUFBVSxVQUFVLFVBQVUsY0FBYyxVQUFVLFdBQVksUUFBTztBQUM3RSxRQUFNLElBQUksTUFBTSxzQkFBc0IsS0FBSyxxQ0FBcUM7QUFDbEY7IiwKICAibmFtZXMiOiBbImltcG9ydF9jb21tYW5kX3BsdWdpbiIsICJpbXBvcnRfZW5naW5lIiwgImltcG9ydF9uZWVkcyIsICJwYXRoIiwgIm9zIl0KfQo=
