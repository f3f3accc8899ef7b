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
var command_plugin_exports = {};
__export(command_plugin_exports, {
  commandVersion: () => commandVersion,
  ensureCommandPlugin: () => ensureCommandPlugin
});
module.exports = __toCommonJS(command_plugin_exports);
var import_node_crypto = require("node:crypto");
var import_node_fs = require("node:fs");
var import_node_path = __toESM(require("node:path"));
var import_files = require("./files");
var import_lock = require("./lock");
var import_reach = require("./reach");
var import_run = require("./run");
const commandVersion = "1.2.1";
const executable = "pulumi-resource-command";
const markerName = "stand-in.json";
const blockedHours = 12;
const bundle = import_node_path.default.join(import_node_path.default.dirname(__dirname), "plugin", "bin", "pulumi-resource-command.cjs");
function pluginFolder(pulumiHome) {
  return import_node_path.default.join(pulumiHome, "plugins", `resource-command-v${commandVersion}`);
}
const sha256 = (file) => (0, import_node_crypto.createHash)("sha256").update((0, import_node_fs.readFileSync)(file)).digest("hex");
function installed(pulumiHome) {
  const folder = pluginFolder(pulumiHome);
  const file = import_node_path.default.join(folder, executable);
  if (!(0, import_files.isExecutable)(file) || (0, import_node_fs.existsSync)(`${folder}.partial`)) return { kind: "none" };
  const marker = (0, import_files.readJson)(import_node_path.default.join(folder, markerName));
  if (marker === void 0) return { kind: "official" };
  const hash = sha256(file);
  return { kind: "stand-in", intact: marker.sha256 === hash && (0, import_node_fs.existsSync)(bundle) && sha256(bundle) === hash };
}
async function ensureCommandPlugin(options) {
  const result = ready(options) ?? await installLocked(options);
  if (result === "stand-in") {
    options.steps.note(
      `using the stand-in for the command provider ${commandVersion} (lab/plugin), not the official one`
    );
  }
  return result;
}
function ready(options) {
  const now = installed(options.pulumiHome);
  if (now.kind === "official") {
    if (options.choice !== "stand-in") return "official";
    const remedy = "set PULUMI_HOME to another folder to test the stand-in";
    throw new Error(
      `the official command provider is installed in ${options.pulumiHome}, and is not overwritten: ${remedy}`
    );
  }
  if (now.kind === "none" || !now.intact || options.choice === "official") return void 0;
  return options.choice === "stand-in" || downloadIsKnownToFail(options.pulumiHome) ? "stand-in" : void 0;
}
async function installLocked(options) {
  const lock = import_node_path.default.join(options.pulumiHome, "plugins", `.command-${commandVersion}.lock`);
  const waiting = (seconds) => options.steps.note(`waiting for another process that installs a plugin: ${seconds} s`);
  return (0, import_lock.withLock)(lock, { waiting, signal: options.signal }, async () => {
    const meanwhile = ready(options);
    if (meanwhile) return meanwhile;
    const blocked = options.choice === "stand-in" ? "it was not asked for" : await download(options);
    if (blocked === void 0) return "official";
    if (options.choice === "official") throw new Error(`the official command provider cannot be had: ${blocked}`);
    await installStandIn(options, blocked);
    return "stand-in";
  });
}
function blockedNote(pulumiHome) {
  return import_node_path.default.join(pulumiHome, "pulumi-neumann", "command-download.json");
}
function downloadIsKnownToFail(pulumiHome) {
  const note = (0, import_files.readJson)(blockedNote(pulumiHome));
  const age = Date.now() - Date.parse(note?.triedAt ?? "");
  return age >= 0 && age < blockedHours * 36e5;
}
async function download(options) {
  if (options.choice === "auto" && downloadIsKnownToFail(options.pulumiHome))
    return "its download failed a short time ago";
  const fail = (reason) => {
    (0, import_files.writeJson)(blockedNote(options.pulumiHome), { triedAt: (/* @__PURE__ */ new Date()).toISOString(), reason });
    return reason;
  };
  const platform = `${process.platform}-${process.arch === "x64" ? "amd64" : process.arch}`;
  const url = `https://get.pulumi.com/releases/plugins/pulumi-resource-command-v${commandVersion}-${platform}.tar.gz`;
  const blocked = await (0, import_reach.unreachable)(url, 10, options.signal);
  if (blocked !== void 0) return fail(blocked);
  return options.steps.step(`downloading the command provider ${commandVersion}`, async () => {
    const result = await pluginInstall(options, [`v${commandVersion}`], 180);
    return result === void 0 ? void 0 : fail(result);
  });
}
async function installStandIn(options, reason) {
  if (!(0, import_node_fs.existsSync)(bundle)) throw new Error(`${bundle} is missing: run npm run build`);
  const folder = import_node_path.default.join(options.pulumiHome, "pulumi-neumann", `stand-in-${(0, import_node_crypto.randomUUID)()}`);
  (0, import_node_fs.mkdirSync)(folder, { recursive: true });
  try {
    (0, import_node_fs.copyFileSync)(bundle, import_node_path.default.join(folder, executable));
    const marker = { standInFor: `command v${commandVersion}`, sha256: sha256(bundle) };
    (0, import_node_fs.writeFileSync)(import_node_path.default.join(folder, markerName), `${JSON.stringify(marker)}
`);
    await options.steps.step(`installing the stand-in for the command provider (${reason})`, async () => {
      const failure = await pluginInstall(options, [`v${commandVersion}`, "--reinstall", "--file", folder], 60);
      if (failure !== void 0) throw new Error(`installing the stand-in failed: ${failure}`);
    });
  } finally {
    (0, import_node_fs.rmSync)(folder, { recursive: true, force: true });
  }
}
async function pluginInstall(options, args, timeoutSeconds) {
  const all = ["plugin", "install", "resource", "command", ...args, "--non-interactive"];
  const env = { ...process.env, ...options.environment };
  const result = await (0, import_run.run)(options.pulumi, all, { timeoutSeconds, env, signal: options.signal });
  return result.code === 0 ? void 0 : `pulumi plugin install ${(0, import_run.account)(result, 5)}`;
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  commandVersion,
  ensureCommandPlugin
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiY29tbWFuZC1wbHVnaW4udHMiXSwKICAibWFwcGluZ3MiOiAiOzs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQSx5QkFBdUM7QUFDdkMscUJBQXlGO0FBQ3pGLHVCQUFpQjtBQUNqQixtQkFBa0Q7QUFDbEQsa0JBQXlCO0FBRXpCLG1CQUE0QjtBQUM1QixpQkFBNkI7QUFHdEIsTUFBTSxpQkFBaUI7QUFlOUIsTUFBTSxhQUFhO0FBRW5CLE1BQU0sYUFBYTtBQUVuQixNQUFNLGVBQWU7QUFHckIsTUFBTSxTQUFTLGlCQUFBQSxRQUFLLEtBQUssaUJBQUFBLFFBQUssUUFBUSxTQUFTLEdBQUcsVUFBVSxPQUFPLDZCQUE2QjtBQUVoRyxTQUFTLGFBQWEsWUFBNEI7QUFDaEQsU0FBTyxpQkFBQUEsUUFBSyxLQUFLLFlBQVksV0FBVyxxQkFBcUIsY0FBYyxFQUFFO0FBQy9FO0FBRUEsTUFBTSxTQUFTLENBQUMsYUFBaUIsK0JBQVcsUUFBUSxFQUFFLFdBQU8sNkJBQWEsSUFBSSxDQUFDLEVBQUUsT0FBTyxLQUFLO0FBSzdGLFNBQVMsVUFBVSxZQUErQjtBQUNoRCxRQUFNLFNBQVMsYUFBYSxVQUFVO0FBQ3RDLFFBQU0sT0FBTyxpQkFBQUEsUUFBSyxLQUFLLFFBQVEsVUFBVTtBQUV6QyxNQUFJLEtBQUMsMkJBQWEsSUFBSSxTQUFLLDJCQUFXLEdBQUcsTUFBTSxVQUFVLEVBQUcsUUFBTyxFQUFFLE1BQU0sT0FBTztBQUNsRixRQUFNLGFBQVMsdUJBQVMsaUJBQUFBLFFBQUssS0FBSyxRQUFRLFVBQVUsQ0FBQztBQUNyRCxNQUFJLFdBQVcsT0FBVyxRQUFPLEVBQUUsTUFBTSxXQUFXO0FBQ3BELFFBQU0sT0FBTyxPQUFPLElBQUk7QUFDeEIsU0FBTyxFQUFFLE1BQU0sWUFBWSxRQUFRLE9BQU8sV0FBVyxZQUFRLDJCQUFXLE1BQU0sS0FBSyxPQUFPLE1BQU0sTUFBTSxLQUFLO0FBQzdHO0FBR0EsZUFBc0Isb0JBQW9CLFNBQWlFO0FBQ3pHLFFBQU0sU0FBUyxNQUFNLE9BQU8sS0FBTSxNQUFNLGNBQWMsT0FBTztBQUM3RCxNQUFJLFdBQVcsWUFBWTtBQUN6QixZQUFRLE1BQU07QUFBQSxNQUNaLCtDQUErQyxjQUFjO0FBQUEsSUFDL0Q7QUFBQSxFQUNGO0FBQ0EsU0FBTztBQUNUO0FBR0EsU0FBUyxNQUFNLFNBQW9FO0FBQ2pGLFFBQU0sTUFBTSxVQUFVLFFBQVEsVUFBVTtBQUN4QyxNQUFJLElBQUksU0FBUyxZQUFZO0FBQzNCLFFBQUksUUFBUSxXQUFXLFdBQVksUUFBTztBQUMxQyxVQUFNLFNBQVM7QUFDZixVQUFNLElBQUk7QUFBQSxNQUNSLGlEQUFpRCxRQUFRLFVBQVUsNkJBQTZCLE1BQU07QUFBQSxJQUN4RztBQUFBLEVBQ0Y7QUFDQSxNQUFJLElBQUksU0FBUyxVQUFVLENBQUMsSUFBSSxVQUFVLFFBQVEsV0FBVyxXQUFZLFFBQU87QUFDaEYsU0FBTyxRQUFRLFdBQVcsY0FBYyxzQkFBc0IsUUFBUSxVQUFVLElBQUksYUFBYTtBQUNuRztBQUVBLGVBQWUsY0FBYyxTQUFpRTtBQUM1RixRQUFNLE9BQU8saUJBQUFBLFFBQUssS0FBSyxRQUFRLFlBQVksV0FBVyxZQUFZLGNBQWMsT0FBTztBQUN2RixRQUFNLFVBQVUsQ0FBQyxZQUNmLFFBQVEsTUFBTSxLQUFLLHVEQUF1RCxPQUFPLElBQUk7QUFDdkYsYUFBTyxzQkFBUyxNQUFNLEVBQUUsU0FBUyxRQUFRLFFBQVEsT0FBTyxHQUFHLFlBQVk7QUFDckUsVUFBTSxZQUFZLE1BQU0sT0FBTztBQUMvQixRQUFJLFVBQVcsUUFBTztBQUN0QixVQUFNLFVBQVUsUUFBUSxXQUFXLGFBQWEseUJBQXlCLE1BQU0sU0FBUyxPQUFPO0FBQy9GLFFBQUksWUFBWSxPQUFXLFFBQU87QUFDbEMsUUFBSSxRQUFRLFdBQVcsV0FBWSxPQUFNLElBQUksTUFBTSxnREFBZ0QsT0FBTyxFQUFFO0FBQzVHLFVBQU0sZUFBZSxTQUFTLE9BQU87QUFDckMsV0FBTztBQUFBLEVBQ1QsQ0FBQztBQUNIO0FBRUEsU0FBUyxZQUFZLFlBQTRCO0FBQy9DLFNBQU8saUJBQUFBLFFBQUssS0FBSyxZQUFZLGtCQUFrQix1QkFBdUI7QUFDeEU7QUFFQSxTQUFTLHNCQUFzQixZQUE2QjtBQUMxRCxRQUFNLFdBQU8sdUJBQVMsWUFBWSxVQUFVLENBQUM7QUFDN0MsUUFBTSxNQUFNLEtBQUssSUFBSSxJQUFJLEtBQUssTUFBTSxNQUFNLFdBQVcsRUFBRTtBQUN2RCxTQUFPLE9BQU8sS0FBSyxNQUFNLGVBQWU7QUFDMUM7QUFHQSxlQUFlLFNBQVMsU0FBNEQ7QUFDbEYsTUFBSSxRQUFRLFdBQVcsVUFBVSxzQkFBc0IsUUFBUSxVQUFVO0FBQ3ZFLFdBQU87QUFDVCxRQUFNLE9BQU8sQ0FBQyxXQUFtQjtBQUMvQixnQ0FBVSxZQUFZLFFBQVEsVUFBVSxHQUFHLEVBQUUsVUFBUyxvQkFBSSxLQUFLLEdBQUUsWUFBWSxHQUFHLE9BQU8sQ0FBQztBQUN4RixXQUFPO0FBQUEsRUFDVDtBQUNBLFFBQU0sV0FBVyxHQUFHLFFBQVEsUUFBUSxJQUFJLFFBQVEsU0FBUyxRQUFRLFVBQVUsUUFBUSxJQUFJO0FBQ3ZGLFFBQU0sTUFBTSxvRUFBb0UsY0FBYyxJQUFJLFFBQVE7QUFDMUcsUUFBTSxVQUFVLFVBQU0sMEJBQVksS0FBSyxJQUFJLFFBQVEsTUFBTTtBQUN6RCxNQUFJLFlBQVksT0FBVyxRQUFPLEtBQUssT0FBTztBQUM5QyxTQUFPLFFBQVEsTUFBTSxLQUFLLG9DQUFvQyxjQUFjLElBQUksWUFBWTtBQUMxRixVQUFNLFNBQVMsTUFBTSxjQUFjLFNBQVMsQ0FBQyxJQUFJLGNBQWMsRUFBRSxHQUFHLEdBQUc7QUFDdkUsV0FBTyxXQUFXLFNBQVksU0FBWSxLQUFLLE1BQU07QUFBQSxFQUN2RCxDQUFDO0FBQ0g7QUFFQSxlQUFlLGVBQWUsU0FBK0IsUUFBK0I7QUFDMUYsTUFBSSxLQUFDLDJCQUFXLE1BQU0sRUFBRyxPQUFNLElBQUksTUFBTSxHQUFHLE1BQU0sZ0NBQWdDO0FBQ2xGLFFBQU0sU0FBUyxpQkFBQUEsUUFBSyxLQUFLLFFBQVEsWUFBWSxrQkFBa0IsZ0JBQVksK0JBQVcsQ0FBQyxFQUFFO0FBQ3pGLGdDQUFVLFFBQVEsRUFBRSxXQUFXLEtBQUssQ0FBQztBQUNyQyxNQUFJO0FBQ0YscUNBQWEsUUFBUSxpQkFBQUEsUUFBSyxLQUFLLFFBQVEsVUFBVSxDQUFDO0FBQ2xELFVBQU0sU0FBUyxFQUFFLFlBQVksWUFBWSxjQUFjLElBQUksUUFBUSxPQUFPLE1BQU0sRUFBRTtBQUNsRixzQ0FBYyxpQkFBQUEsUUFBSyxLQUFLLFFBQVEsVUFBVSxHQUFHLEdBQUcsS0FBSyxVQUFVLE1BQU0sQ0FBQztBQUFBLENBQUk7QUFDMUUsVUFBTSxRQUFRLE1BQU0sS0FBSyxxREFBcUQsTUFBTSxLQUFLLFlBQVk7QUFDbkcsWUFBTSxVQUFVLE1BQU0sY0FBYyxTQUFTLENBQUMsSUFBSSxjQUFjLElBQUksZUFBZSxVQUFVLE1BQU0sR0FBRyxFQUFFO0FBQ3hHLFVBQUksWUFBWSxPQUFXLE9BQU0sSUFBSSxNQUFNLG1DQUFtQyxPQUFPLEVBQUU7QUFBQSxJQUN6RixDQUFDO0FBQUEsRUFDSCxVQUFFO0FBQ0EsK0JBQU8sUUFBUSxFQUFFLFdBQVcsTUFBTSxPQUFPLEtBQUssQ0FBQztBQUFBLEVBQ2pEO0FBQ0Y7QUFFQSxlQUFlLGNBQ2IsU0FDQSxNQUNBLGdCQUM2QjtBQUM3QixRQUFNLE1BQU0sQ0FBQyxVQUFVLFdBQVcsWUFBWSxXQUFXLEdBQUcsTUFBTSxtQkFBbUI7QUFDckYsUUFBTSxNQUFNLEVBQUUsR0FBRyxRQUFRLEtBQUssR0FBRyxRQUFRLFlBQVk7QUFDckQsUUFBTSxTQUFTLFVBQU0sZ0JBQUksUUFBUSxRQUFRLEtBQUssRUFBRSxnQkFBZ0IsS0FBSyxRQUFRLFFBQVEsT0FBTyxDQUFDO0FBQzdGLFNBQU8sT0FBTyxTQUFTLElBQUksU0FBWSw2QkFBeUIsb0JBQVEsUUFBUSxDQUFDLENBQUM7QUFDcEY7IiwKICAibmFtZXMiOiBbInBhdGgiXQp9Cg==
