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
var engine_exports = {};
__export(engine_exports, {
  acceptable: () => acceptable,
  engineVersion: () => engineVersion,
  ensureEngine: () => ensureEngine,
  versionRoot: () => versionRoot
});
module.exports = __toCommonJS(engine_exports);
var import_node_crypto = require("node:crypto");
var import_node_fs = require("node:fs");
var import_node_path = __toESM(require("node:path"));
var import_files = require("./files");
var import_lock = require("./lock");
var import_needs = require("./needs");
var import_reach = require("./reach");
var import_run = require("./run");
const engineVersion = "3.259.0";
const cliNames = ["pulumi-language-nodejs", "pulumi"];
async function ensureEngine(options) {
  const found = await onPath(options) ?? cached(options.pulumiHome);
  if (found) return found;
  const lock = import_node_path.default.join(options.pulumiHome, "versions", `.${engineVersion}.lock`);
  const waiting = (seconds) => options.steps.note(`waiting for another process that installs Pulumi ${engineVersion}: ${seconds} s`);
  return (0, import_lock.withLock)(lock, { waiting, signal: options.signal }, async () => {
    const meanwhile = cached(options.pulumiHome);
    if (meanwhile) return meanwhile;
    removeLeftovers(options.pulumiHome);
    const blocked = await download(options);
    const from = blocked === void 0 ? "download" : "build";
    if (blocked !== void 0) await buildEngine(options, blocked);
    const installed = cached(options.pulumiHome);
    if (!installed)
      throw new Error(`the ${from} of Pulumi ${engineVersion} ended without leaving it in ${options.pulumiHome}`);
    return { ...installed, from };
  });
}
function versionRoot(pulumiHome) {
  return import_node_path.default.join(pulumiHome, "versions", engineVersion);
}
function cached(pulumiHome) {
  const bin = import_node_path.default.join(versionRoot(pulumiHome), "bin");
  if (!cliNames.every((name) => (0, import_files.isExecutable)(import_node_path.default.join(bin, name)))) return void 0;
  return { pulumi: import_node_path.default.join(bin, "pulumi"), version: engineVersion, from: "cache" };
}
function acceptable(version) {
  const parts = /^v?(\d+)\.(\d+)\.(\d+)$/.exec(version.trim());
  const [major, minor] = engineVersion.split(".").map(Number);
  return parts !== null && Number(parts[1]) === major && Number(parts[2]) >= (minor ?? 0);
}
async function onPath(options) {
  const command = (0, import_files.findOnPath)("pulumi", options.searchPath);
  if (command === void 0) return void 0;
  const file = (0, import_node_fs.realpathSync)(command);
  if (file.includes(`${import_node_path.default.sep}node_modules${import_node_path.default.sep}`)) return void 0;
  const host = "pulumi-language-nodejs";
  if (!(0, import_files.isExecutable)(import_node_path.default.join(import_node_path.default.dirname(file), host)) && !(0, import_files.findOnPath)(host, options.searchPath)) return void 0;
  const version = await versionOf(file, options);
  return version !== void 0 && acceptable(version) ? { pulumi: file, version, from: "path" } : void 0;
}
async function versionOf(file, options) {
  const note = import_node_path.default.join(options.pulumiHome, "pulumi-neumann", "cli-on-path.json");
  const stat = (0, import_node_fs.statSync)(file);
  const key = `${file} ${stat.size} ${stat.mtimeMs}`;
  const known = (0, import_files.readJson)(note);
  if (known?.key === key && typeof known.version === "string") return known.version;
  const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true", PULUMI_HOME: options.pulumiHome };
  const result = await (0, import_run.run)(file, ["version"], { timeoutSeconds: 20, env, signal: options.signal });
  if (result.code !== 0) {
    options.steps.note(`ignoring ${file}: it ${(0, import_run.account)(result, 3)}`);
    return void 0;
  }
  const version = result.stdout.trim().replace(/^v/, "");
  (0, import_files.writeJson)(note, { key, version });
  return version;
}
function temporaryRoot(pulumiHome) {
  const folder = import_node_path.default.join(pulumiHome, "versions", `.${engineVersion}-${(0, import_node_crypto.randomUUID)()}`);
  (0, import_node_fs.mkdirSync)(folder, { recursive: true });
  return folder;
}
function removeLeftovers(pulumiHome) {
  const versions = import_node_path.default.join(pulumiHome, "versions");
  for (const name of (0, import_node_fs.readdirSync)(versions)) {
    if (name.startsWith(`.${engineVersion}-`)) (0, import_node_fs.rmSync)(import_node_path.default.join(versions, name), { recursive: true, force: true });
  }
}
function install(from, pulumiHome) {
  const bin = import_node_path.default.join(versionRoot(pulumiHome), "bin");
  (0, import_node_fs.mkdirSync)(bin, { recursive: true });
  const others = (0, import_node_fs.readdirSync)(from).filter((name) => name !== "pulumi");
  for (const name of [...others, "pulumi"]) (0, import_node_fs.renameSync)(import_node_path.default.join(from, name), import_node_path.default.join(bin, name));
}
async function download(options) {
  const blocked = await (0, import_reach.unreachable)("https://get.pulumi.com/install.sh", 10, options.signal);
  if (blocked !== void 0) return blocked;
  const shim = import_node_path.default.join(import_node_path.default.dirname(require.resolve("pulumi/package.json")), "run.js");
  const home = temporaryRoot(options.pulumiHome);
  const env = { ...process.env, PULUMI_HOME: home, PULUMI_VERSION: engineVersion, PULUMI_SKIP_UPDATE_CHECK: "true" };
  try {
    return await options.steps.step(`downloading Pulumi ${engineVersion}`, async (detail) => {
      const line = (text) => detail(text.trim());
      const result = await (0, import_run.run)(process.execPath, [shim, "version"], {
        timeoutSeconds: 600,
        env,
        signal: options.signal,
        line
      });
      const bin = import_node_path.default.join(versionRoot(home), "bin");
      if (result.code !== 0 || !cliNames.every((name) => (0, import_files.isExecutable)(import_node_path.default.join(bin, name)))) {
        return `the download of Pulumi ${engineVersion} ${(0, import_run.account)(result, 5)}`;
      }
      install(bin, options.pulumiHome);
      return void 0;
    });
  } finally {
    (0, import_node_fs.rmSync)(home, { recursive: true, force: true });
  }
}
const builds = [
  {
    folder: "language-host",
    name: "pulumi-language-nodejs",
    module: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs"
  },
  { folder: "engine", name: "pulumi", module: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi" }
];
async function buildEngine(options, reason) {
  const lacks = [...(0, import_needs.lackingPrograms)(options.searchPath), ...(0, import_needs.lackingForBuild)(options.searchPath, options.pulumiHome)];
  if (lacks.length > 0) throw new import_needs.ToolchainError(lacks, reason);
  options.steps.note(`building Pulumi ${engineVersion} from its Go modules, once (a few minutes), because ${reason}`);
  const temporary = temporaryRoot(options.pulumiHome);
  try {
    for (const target of builds) await build(target, temporary, options);
    install(temporary, options.pulumiHome);
  } finally {
    (0, import_node_fs.rmSync)(temporary, { recursive: true, force: true });
  }
}
async function build(target, into, options) {
  const cwd = import_node_path.default.join(__dirname, target.folder);
  if (!(0, import_node_fs.existsSync)(import_node_path.default.join(cwd, "go.sum")))
    throw new Error(`${import_node_path.default.join(cwd, "go.sum")} is missing from this checkout`);
  const version = `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${engineVersion}`;
  const args = ["build", "-v", "-mod=readonly", "-buildvcs=false", "-ldflags", `-s -w ${version}`];
  await options.steps.step(`building ${target.name}`, async (detail) => {
    let lines = 0;
    const line = (text) => detail(text.startsWith("go: ") ? text : `${lines += 1} packages compiled`);
    const result = await (0, import_run.run)("go", [...args, "-o", import_node_path.default.join(into, target.name), target.module], {
      cwd,
      env: { ...process.env, GOWORK: "off" },
      timeoutSeconds: 3600,
      signal: options.signal,
      line
    });
    if (result.code !== 0) throw new Error(`go build of ${target.name} ${(0, import_run.account)(result)}`);
  });
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  acceptable,
  engineVersion,
  ensureEngine,
  versionRoot
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiZW5naW5lLnRzIl0sCiAgIm1hcHBpbmdzIjogIjs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7O0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBLHlCQUEyQjtBQUMzQixxQkFBK0Y7QUFDL0YsdUJBQWlCO0FBQ2pCLG1CQUE4RDtBQUM5RCxrQkFBeUI7QUFDekIsbUJBQWlFO0FBRWpFLG1CQUE0QjtBQUM1QixpQkFBNkI7QUFHdEIsTUFBTSxnQkFBZ0I7QUFrQjdCLE1BQU0sV0FBVyxDQUFDLDBCQUEwQixRQUFRO0FBR3BELGVBQXNCLGFBQWEsU0FBeUM7QUFDMUUsUUFBTSxRQUFTLE1BQU0sT0FBTyxPQUFPLEtBQU0sT0FBTyxRQUFRLFVBQVU7QUFDbEUsTUFBSSxNQUFPLFFBQU87QUFDbEIsUUFBTSxPQUFPLGlCQUFBQSxRQUFLLEtBQUssUUFBUSxZQUFZLFlBQVksSUFBSSxhQUFhLE9BQU87QUFDL0UsUUFBTSxVQUFVLENBQUMsWUFDZixRQUFRLE1BQU0sS0FBSyxvREFBb0QsYUFBYSxLQUFLLE9BQU8sSUFBSTtBQUN0RyxhQUFPLHNCQUFTLE1BQU0sRUFBRSxTQUFTLFFBQVEsUUFBUSxPQUFPLEdBQUcsWUFBWTtBQUNyRSxVQUFNLFlBQVksT0FBTyxRQUFRLFVBQVU7QUFDM0MsUUFBSSxVQUFXLFFBQU87QUFDdEIsb0JBQWdCLFFBQVEsVUFBVTtBQUNsQyxVQUFNLFVBQVUsTUFBTSxTQUFTLE9BQU87QUFDdEMsVUFBTSxPQUFPLFlBQVksU0FBWSxhQUFhO0FBQ2xELFFBQUksWUFBWSxPQUFXLE9BQU0sWUFBWSxTQUFTLE9BQU87QUFDN0QsVUFBTSxZQUFZLE9BQU8sUUFBUSxVQUFVO0FBQzNDLFFBQUksQ0FBQztBQUNILFlBQU0sSUFBSSxNQUFNLE9BQU8sSUFBSSxjQUFjLGFBQWEsZ0NBQWdDLFFBQVEsVUFBVSxFQUFFO0FBQzVHLFdBQU8sRUFBRSxHQUFHLFdBQVcsS0FBSztBQUFBLEVBQzlCLENBQUM7QUFDSDtBQUdPLFNBQVMsWUFBWSxZQUE0QjtBQUN0RCxTQUFPLGlCQUFBQSxRQUFLLEtBQUssWUFBWSxZQUFZLGFBQWE7QUFDeEQ7QUFFQSxTQUFTLE9BQU8sWUFBd0M7QUFDdEQsUUFBTSxNQUFNLGlCQUFBQSxRQUFLLEtBQUssWUFBWSxVQUFVLEdBQUcsS0FBSztBQUNwRCxNQUFJLENBQUMsU0FBUyxNQUFNLENBQUMsYUFBUywyQkFBYSxpQkFBQUEsUUFBSyxLQUFLLEtBQUssSUFBSSxDQUFDLENBQUMsRUFBRyxRQUFPO0FBQzFFLFNBQU8sRUFBRSxRQUFRLGlCQUFBQSxRQUFLLEtBQUssS0FBSyxRQUFRLEdBQUcsU0FBUyxlQUFlLE1BQU0sUUFBUTtBQUNuRjtBQUdPLFNBQVMsV0FBVyxTQUEwQjtBQUNuRCxRQUFNLFFBQVEsMEJBQTBCLEtBQUssUUFBUSxLQUFLLENBQUM7QUFDM0QsUUFBTSxDQUFDLE9BQU8sS0FBSyxJQUFJLGNBQWMsTUFBTSxHQUFHLEVBQUUsSUFBSSxNQUFNO0FBQzFELFNBQU8sVUFBVSxRQUFRLE9BQU8sTUFBTSxDQUFDLENBQUMsTUFBTSxTQUFTLE9BQU8sTUFBTSxDQUFDLENBQUMsTUFBTSxTQUFTO0FBQ3ZGO0FBRUEsZUFBZSxPQUFPLFNBQXFEO0FBQ3pFLFFBQU0sY0FBVSx5QkFBVyxVQUFVLFFBQVEsVUFBVTtBQUN2RCxNQUFJLFlBQVksT0FBVyxRQUFPO0FBQ2xDLFFBQU0sV0FBTyw2QkFBYSxPQUFPO0FBRWpDLE1BQUksS0FBSyxTQUFTLEdBQUcsaUJBQUFBLFFBQUssR0FBRyxlQUFlLGlCQUFBQSxRQUFLLEdBQUcsRUFBRSxFQUFHLFFBQU87QUFDaEUsUUFBTSxPQUFPO0FBQ2IsTUFBSSxLQUFDLDJCQUFhLGlCQUFBQSxRQUFLLEtBQUssaUJBQUFBLFFBQUssUUFBUSxJQUFJLEdBQUcsSUFBSSxDQUFDLEtBQUssS0FBQyx5QkFBVyxNQUFNLFFBQVEsVUFBVSxFQUFHLFFBQU87QUFDeEcsUUFBTSxVQUFVLE1BQU0sVUFBVSxNQUFNLE9BQU87QUFDN0MsU0FBTyxZQUFZLFVBQWEsV0FBVyxPQUFPLElBQUksRUFBRSxRQUFRLE1BQU0sU0FBUyxNQUFNLE9BQU8sSUFBSTtBQUNsRztBQUdBLGVBQWUsVUFBVSxNQUFjLFNBQXFEO0FBQzFGLFFBQU0sT0FBTyxpQkFBQUEsUUFBSyxLQUFLLFFBQVEsWUFBWSxrQkFBa0Isa0JBQWtCO0FBQy9FLFFBQU0sV0FBTyx5QkFBUyxJQUFJO0FBQzFCLFFBQU0sTUFBTSxHQUFHLElBQUksSUFBSSxLQUFLLElBQUksSUFBSSxLQUFLLE9BQU87QUFDaEQsUUFBTSxZQUFRLHVCQUFTLElBQUk7QUFDM0IsTUFBSSxPQUFPLFFBQVEsT0FBTyxPQUFPLE1BQU0sWUFBWSxTQUFVLFFBQU8sTUFBTTtBQUMxRSxRQUFNLE1BQU0sRUFBRSxHQUFHLFFBQVEsS0FBSywwQkFBMEIsUUFBUSxhQUFhLFFBQVEsV0FBVztBQUNoRyxRQUFNLFNBQVMsVUFBTSxnQkFBSSxNQUFNLENBQUMsU0FBUyxHQUFHLEVBQUUsZ0JBQWdCLElBQUksS0FBSyxRQUFRLFFBQVEsT0FBTyxDQUFDO0FBQy9GLE1BQUksT0FBTyxTQUFTLEdBQUc7QUFDckIsWUFBUSxNQUFNLEtBQUssWUFBWSxJQUFJLFlBQVEsb0JBQVEsUUFBUSxDQUFDLENBQUMsRUFBRTtBQUMvRCxXQUFPO0FBQUEsRUFDVDtBQUNBLFFBQU0sVUFBVSxPQUFPLE9BQU8sS0FBSyxFQUFFLFFBQVEsTUFBTSxFQUFFO0FBQ3JELDhCQUFVLE1BQU0sRUFBRSxLQUFLLFFBQVEsQ0FBQztBQUNoQyxTQUFPO0FBQ1Q7QUFFQSxTQUFTLGNBQWMsWUFBNEI7QUFDakQsUUFBTSxTQUFTLGlCQUFBQSxRQUFLLEtBQUssWUFBWSxZQUFZLElBQUksYUFBYSxRQUFJLCtCQUFXLENBQUMsRUFBRTtBQUNwRixnQ0FBVSxRQUFRLEVBQUUsV0FBVyxLQUFLLENBQUM7QUFDckMsU0FBTztBQUNUO0FBR0EsU0FBUyxnQkFBZ0IsWUFBMEI7QUFDakQsUUFBTSxXQUFXLGlCQUFBQSxRQUFLLEtBQUssWUFBWSxVQUFVO0FBQ2pELGFBQVcsWUFBUSw0QkFBWSxRQUFRLEdBQUc7QUFDeEMsUUFBSSxLQUFLLFdBQVcsSUFBSSxhQUFhLEdBQUcsRUFBRyw0QkFBTyxpQkFBQUEsUUFBSyxLQUFLLFVBQVUsSUFBSSxHQUFHLEVBQUUsV0FBVyxNQUFNLE9BQU8sS0FBSyxDQUFDO0FBQUEsRUFDL0c7QUFDRjtBQUdBLFNBQVMsUUFBUSxNQUFjLFlBQTBCO0FBQ3ZELFFBQU0sTUFBTSxpQkFBQUEsUUFBSyxLQUFLLFlBQVksVUFBVSxHQUFHLEtBQUs7QUFDcEQsZ0NBQVUsS0FBSyxFQUFFLFdBQVcsS0FBSyxDQUFDO0FBQ2xDLFFBQU0sYUFBUyw0QkFBWSxJQUFJLEVBQUUsT0FBTyxDQUFDLFNBQVMsU0FBUyxRQUFRO0FBQ25FLGFBQVcsUUFBUSxDQUFDLEdBQUcsUUFBUSxRQUFRLEVBQUcsZ0NBQVcsaUJBQUFBLFFBQUssS0FBSyxNQUFNLElBQUksR0FBRyxpQkFBQUEsUUFBSyxLQUFLLEtBQUssSUFBSSxDQUFDO0FBQ2xHO0FBR0EsZUFBZSxTQUFTLFNBQXFEO0FBQzNFLFFBQU0sVUFBVSxVQUFNLDBCQUFZLHFDQUFxQyxJQUFJLFFBQVEsTUFBTTtBQUN6RixNQUFJLFlBQVksT0FBVyxRQUFPO0FBQ2xDLFFBQU0sT0FBTyxpQkFBQUEsUUFBSyxLQUFLLGlCQUFBQSxRQUFLLFFBQVEsZ0JBQWdCLHFCQUFxQixDQUFDLEdBQUcsUUFBUTtBQUNyRixRQUFNLE9BQU8sY0FBYyxRQUFRLFVBQVU7QUFDN0MsUUFBTSxNQUFNLEVBQUUsR0FBRyxRQUFRLEtBQUssYUFBYSxNQUFNLGdCQUFnQixlQUFlLDBCQUEwQixPQUFPO0FBQ2pILE1BQUk7QUFDRixXQUFPLE1BQU0sUUFBUSxNQUFNLEtBQUssc0JBQXNCLGFBQWEsSUFBSSxPQUFPLFdBQVc7QUFDdkYsWUFBTSxPQUFPLENBQUMsU0FBaUIsT0FBTyxLQUFLLEtBQUssQ0FBQztBQUNqRCxZQUFNLFNBQVMsVUFBTSxnQkFBSSxRQUFRLFVBQVUsQ0FBQyxNQUFNLFNBQVMsR0FBRztBQUFBLFFBQzVELGdCQUFnQjtBQUFBLFFBQ2hCO0FBQUEsUUFDQSxRQUFRLFFBQVE7QUFBQSxRQUNoQjtBQUFBLE1BQ0YsQ0FBQztBQUNELFlBQU0sTUFBTSxpQkFBQUEsUUFBSyxLQUFLLFlBQVksSUFBSSxHQUFHLEtBQUs7QUFDOUMsVUFBSSxPQUFPLFNBQVMsS0FBSyxDQUFDLFNBQVMsTUFBTSxDQUFDLGFBQVMsMkJBQWEsaUJBQUFBLFFBQUssS0FBSyxLQUFLLElBQUksQ0FBQyxDQUFDLEdBQUc7QUFDdEYsZUFBTywwQkFBMEIsYUFBYSxRQUFJLG9CQUFRLFFBQVEsQ0FBQyxDQUFDO0FBQUEsTUFDdEU7QUFDQSxjQUFRLEtBQUssUUFBUSxVQUFVO0FBQy9CLGFBQU87QUFBQSxJQUNULENBQUM7QUFBQSxFQUNILFVBQUU7QUFDQSwrQkFBTyxNQUFNLEVBQUUsV0FBVyxNQUFNLE9BQU8sS0FBSyxDQUFDO0FBQUEsRUFDL0M7QUFDRjtBQUVBLE1BQU0sU0FBUztBQUFBLEVBQ2I7QUFBQSxJQUNFLFFBQVE7QUFBQSxJQUNSLE1BQU07QUFBQSxJQUNOLFFBQVE7QUFBQSxFQUNWO0FBQUEsRUFDQSxFQUFFLFFBQVEsVUFBVSxNQUFNLFVBQVUsUUFBUSw2Q0FBNkM7QUFDM0Y7QUFFQSxlQUFlLFlBQVksU0FBd0IsUUFBK0I7QUFDaEYsUUFBTSxRQUFRLENBQUMsT0FBRyw4QkFBZ0IsUUFBUSxVQUFVLEdBQUcsT0FBRyw4QkFBZ0IsUUFBUSxZQUFZLFFBQVEsVUFBVSxDQUFDO0FBQ2pILE1BQUksTUFBTSxTQUFTLEVBQUcsT0FBTSxJQUFJLDRCQUFlLE9BQU8sTUFBTTtBQUM1RCxVQUFRLE1BQU0sS0FBSyxtQkFBbUIsYUFBYSx1REFBdUQsTUFBTSxFQUFFO0FBQ2xILFFBQU0sWUFBWSxjQUFjLFFBQVEsVUFBVTtBQUNsRCxNQUFJO0FBQ0YsZUFBVyxVQUFVLE9BQVEsT0FBTSxNQUFNLFFBQVEsV0FBVyxPQUFPO0FBQ25FLFlBQVEsV0FBVyxRQUFRLFVBQVU7QUFBQSxFQUN2QyxVQUFFO0FBQ0EsK0JBQU8sV0FBVyxFQUFFLFdBQVcsTUFBTSxPQUFPLEtBQUssQ0FBQztBQUFBLEVBQ3BEO0FBQ0Y7QUFFQSxlQUFlLE1BQU0sUUFBaUMsTUFBYyxTQUF1QztBQUN6RyxRQUFNLE1BQU0saUJBQUFBLFFBQUssS0FBSyxXQUFXLE9BQU8sTUFBTTtBQUM5QyxNQUFJLEtBQUMsMkJBQVcsaUJBQUFBLFFBQUssS0FBSyxLQUFLLFFBQVEsQ0FBQztBQUN0QyxVQUFNLElBQUksTUFBTSxHQUFHLGlCQUFBQSxRQUFLLEtBQUssS0FBSyxRQUFRLENBQUMsZ0NBQWdDO0FBQzdFLFFBQU0sVUFBVSxpRUFBaUUsYUFBYTtBQUM5RixRQUFNLE9BQU8sQ0FBQyxTQUFTLE1BQU0saUJBQWlCLG1CQUFtQixZQUFZLFNBQVMsT0FBTyxFQUFFO0FBQy9GLFFBQU0sUUFBUSxNQUFNLEtBQUssWUFBWSxPQUFPLElBQUksSUFBSSxPQUFPLFdBQVc7QUFDcEUsUUFBSSxRQUFRO0FBQ1osVUFBTSxPQUFPLENBQUMsU0FBaUIsT0FBTyxLQUFLLFdBQVcsTUFBTSxJQUFJLE9BQU8sR0FBSSxTQUFTLENBQUUsb0JBQW9CO0FBQzFHLFVBQU0sU0FBUyxVQUFNLGdCQUFJLE1BQU0sQ0FBQyxHQUFHLE1BQU0sTUFBTSxpQkFBQUEsUUFBSyxLQUFLLE1BQU0sT0FBTyxJQUFJLEdBQUcsT0FBTyxNQUFNLEdBQUc7QUFBQSxNQUMzRjtBQUFBLE1BQ0EsS0FBSyxFQUFFLEdBQUcsUUFBUSxLQUFLLFFBQVEsTUFBTTtBQUFBLE1BQ3JDLGdCQUFnQjtBQUFBLE1BQ2hCLFFBQVEsUUFBUTtBQUFBLE1BQ2hCO0FBQUEsSUFDRixDQUFDO0FBQ0QsUUFBSSxPQUFPLFNBQVMsRUFBRyxPQUFNLElBQUksTUFBTSxlQUFlLE9BQU8sSUFBSSxRQUFJLG9CQUFRLE1BQU0sQ0FBQyxFQUFFO0FBQUEsRUFDeEYsQ0FBQztBQUNIOyIsCiAgIm5hbWVzIjogWyJwYXRoIl0KfQo=
