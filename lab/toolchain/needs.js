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
var needs_exports = {};
__export(needs_exports, {
  ToolchainError: () => ToolchainError,
  freeGiB: () => freeGiB,
  lackingForBuild: () => lackingForBuild,
  lackingPrograms: () => lackingPrograms
});
module.exports = __toCommonJS(needs_exports);
var import_node_fs = require("node:fs");
var import_node_os = __toESM(require("node:os"));
var import_node_path = __toESM(require("node:path"));
var import_files = require("./files");
class ToolchainError extends Error {
  constructor(lacks, reason) {
    const list = lacks.map((lack) => `  - ${lack.name}: ${lack.why}
    ${lack.remedy}`).join("\n");
    super(`this machine lacks what the toolchain needs:
${list}${reason === void 0 ? "" : `
(${reason})`}`);
    this.lacks = lacks;
    this.reason = reason;
    this.name = "ToolchainError";
  }
  lacks;
  reason;
}
const packages = {
  tar: { debian: "tar", brew: "gnu-tar" },
  zstd: { debian: "zstd", brew: "zstd" }
};
function lackingPrograms(searchPath) {
  return Object.entries(packages).filter(([name]) => (0, import_files.findOnPath)(name, searchPath) === void 0).map(([name, install]) => ({
    name,
    why: "backups are packed and unpacked with it, and it is not on PATH",
    remedy: `apt-get install ${install.debian}, or: brew install ${install.brew}`
  }));
}
function lackingForBuild(searchPath, folder) {
  const lacks = [];
  if ((0, import_files.findOnPath)("go", searchPath) === void 0) {
    lacks.push({
      name: "go",
      why: "the Pulumi CLI could not be downloaded, so it must be built from its Go modules, and go is not on PATH",
      remedy: "install Go 1.25 or newer (https://go.dev/dl, or: brew install go), or put a Pulumi CLI on PATH"
    });
  }
  const free = freeGiB(folder);
  const temporary = freeGiB(import_node_os.default.tmpdir());
  const needed = 4;
  if (Math.min(free, temporary) < needed) {
    const [place, amount] = free < temporary ? [folder, free] : [import_node_os.default.tmpdir(), temporary];
    lacks.push({
      name: "disk space",
      why: `building the Pulumi CLI takes about ${needed} GiB, and ${amount.toFixed(1)} GiB are free at ${place}`,
      remedy: "free some space, or set PULUMI_HOME, GOCACHE, GOMODCACHE and TMPDIR to a larger file system"
    });
  }
  return lacks;
}
function freeGiB(folder) {
  let existing = import_node_path.default.resolve(folder);
  while (!(0, import_node_fs.existsSync)(existing)) existing = import_node_path.default.dirname(existing);
  const stat = (0, import_node_fs.statfsSync)(existing);
  return stat.bavail * stat.bsize / 2 ** 30;
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  ToolchainError,
  freeGiB,
  lackingForBuild,
  lackingPrograms
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsibmVlZHMudHMiXSwKICAibWFwcGluZ3MiOiAiOzs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUEscUJBQXVDO0FBQ3ZDLHFCQUFlO0FBQ2YsdUJBQWlCO0FBQ2pCLG1CQUEyQjtBQVVwQixNQUFNLHVCQUF1QixNQUFNO0FBQUEsRUFDeEMsWUFDVyxPQUNBLFFBQ1Q7QUFDQSxVQUFNLE9BQU8sTUFBTSxJQUFJLENBQUMsU0FBUyxPQUFPLEtBQUssSUFBSSxLQUFLLEtBQUssR0FBRztBQUFBLE1BQVMsS0FBSyxNQUFNLEVBQUUsRUFBRSxLQUFLLElBQUk7QUFDL0YsVUFBTTtBQUFBLEVBQWlELElBQUksR0FBRyxXQUFXLFNBQVksS0FBSztBQUFBLEdBQU0sTUFBTSxHQUFHLEVBQUU7QUFKbEc7QUFDQTtBQUlULFNBQUssT0FBTztBQUFBLEVBQ2Q7QUFBQSxFQU5XO0FBQUEsRUFDQTtBQU1iO0FBRUEsTUFBTSxXQUE2RDtBQUFBLEVBQ2pFLEtBQUssRUFBRSxRQUFRLE9BQU8sTUFBTSxVQUFVO0FBQUEsRUFDdEMsTUFBTSxFQUFFLFFBQVEsUUFBUSxNQUFNLE9BQU87QUFDdkM7QUFHTyxTQUFTLGdCQUFnQixZQUF3QztBQUN0RSxTQUFPLE9BQU8sUUFBUSxRQUFRLEVBQzNCLE9BQU8sQ0FBQyxDQUFDLElBQUksVUFBTSx5QkFBVyxNQUFNLFVBQVUsTUFBTSxNQUFTLEVBQzdELElBQUksQ0FBQyxDQUFDLE1BQU0sT0FBTyxPQUFPO0FBQUEsSUFDekI7QUFBQSxJQUNBLEtBQUs7QUFBQSxJQUNMLFFBQVEsbUJBQW1CLFFBQVEsTUFBTSxzQkFBc0IsUUFBUSxJQUFJO0FBQUEsRUFDN0UsRUFBRTtBQUNOO0FBR08sU0FBUyxnQkFBZ0IsWUFBZ0MsUUFBd0I7QUFDdEYsUUFBTSxRQUFnQixDQUFDO0FBQ3ZCLFVBQUkseUJBQVcsTUFBTSxVQUFVLE1BQU0sUUFBVztBQUM5QyxVQUFNLEtBQUs7QUFBQSxNQUNULE1BQU07QUFBQSxNQUNOLEtBQUs7QUFBQSxNQUNMLFFBQVE7QUFBQSxJQUNWLENBQUM7QUFBQSxFQUNIO0FBQ0EsUUFBTSxPQUFPLFFBQVEsTUFBTTtBQUMzQixRQUFNLFlBQVksUUFBUSxlQUFBQSxRQUFHLE9BQU8sQ0FBQztBQUNyQyxRQUFNLFNBQVM7QUFDZixNQUFJLEtBQUssSUFBSSxNQUFNLFNBQVMsSUFBSSxRQUFRO0FBQ3RDLFVBQU0sQ0FBQyxPQUFPLE1BQU0sSUFBSSxPQUFPLFlBQVksQ0FBQyxRQUFRLElBQUksSUFBSSxDQUFDLGVBQUFBLFFBQUcsT0FBTyxHQUFHLFNBQVM7QUFDbkYsVUFBTSxLQUFLO0FBQUEsTUFDVCxNQUFNO0FBQUEsTUFDTixLQUFLLHVDQUF1QyxNQUFNLGFBQWEsT0FBTyxRQUFRLENBQUMsQ0FBQyxvQkFBb0IsS0FBSztBQUFBLE1BQ3pHLFFBQVE7QUFBQSxJQUNWLENBQUM7QUFBQSxFQUNIO0FBQ0EsU0FBTztBQUNUO0FBR08sU0FBUyxRQUFRLFFBQXdCO0FBQzlDLE1BQUksV0FBVyxpQkFBQUMsUUFBSyxRQUFRLE1BQU07QUFDbEMsU0FBTyxLQUFDLDJCQUFXLFFBQVEsRUFBRyxZQUFXLGlCQUFBQSxRQUFLLFFBQVEsUUFBUTtBQUM5RCxRQUFNLFdBQU8sMkJBQVcsUUFBUTtBQUNoQyxTQUFRLEtBQUssU0FBUyxLQUFLLFFBQVMsS0FBSztBQUMzQzsiLAogICJuYW1lcyI6IFsib3MiLCAicGF0aCJdCn0K
