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
var reference_exports = {};
__export(reference_exports, {
  ArchiveKind: () => ArchiveKind,
  checkArchive: () => checkArchive
});
module.exports = __toCommonJS(reference_exports);
var import_layout = require("./layout");
const ArchiveKind = {
  /** A folder, local or mounted. */
  Directory: "directory"
};
function checkArchive(archive, path, mistakes) {
  if (!(0, import_layout.isClusterId)(archive.clusterId)) {
    const remedy = "Use lower-case letters, digits and dashes, at most 63, such as prod.";
    mistakes.add(`${path}.clusterId`, "is no name for a cluster", archive.clusterId, remedy);
  }
  checkLocation(archive, path, mistakes);
  if (archive.offsite === void 0) return;
  checkLocation(archive.offsite, `${path}.offsite`, mistakes);
  if (within(archive.location, archive.offsite.location) || within(archive.offsite.location, archive.location)) {
    const remedy = "Choose a folder on another disk, outside the first.";
    mistakes.add(`${path}.offsite.location`, "shares the fate of the first archive", archive.offsite.location, remedy);
  }
}
function within(folder, other) {
  const trim = (text) => text.replace(/\/+$/, "");
  return trim(other) === trim(folder) || other.startsWith(`${trim(folder)}/`);
}
function checkLocation(place, path, mistakes) {
  if (!Object.values(ArchiveKind).includes(place.kind)) {
    mistakes.add(`${path}.kind`, "is not known", place.kind, `Use one of: ${Object.values(ArchiveKind).join(", ")}.`);
  }
  const bad = typeof place.location !== "string" || !place.location.startsWith("/") || place.location === "/";
  if (bad || place.location.split("/").includes("..")) {
    const remedy = "Write the whole path, such as /mnt/backup/neumann.";
    mistakes.add(`${path}.location`, "must be an absolute path", place.location, remedy);
  }
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  ArchiveKind,
  checkArchive
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsicmVmZXJlbmNlLnRzIl0sCiAgIm1hcHBpbmdzIjogIjs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQSxvQkFBNEI7QUFJckIsTUFBTSxjQUFjO0FBQUE7QUFBQSxFQUV6QixXQUFXO0FBQ2I7QUFtQk8sU0FBUyxhQUFhLFNBQXNCLE1BQWMsVUFBMEI7QUFDekYsTUFBSSxLQUFDLDJCQUFZLFFBQVEsU0FBUyxHQUFHO0FBQ25DLFVBQU0sU0FBUztBQUNmLGFBQVMsSUFBSSxHQUFHLElBQUksY0FBYyw0QkFBNEIsUUFBUSxXQUFXLE1BQU07QUFBQSxFQUN6RjtBQUNBLGdCQUFjLFNBQVMsTUFBTSxRQUFRO0FBQ3JDLE1BQUksUUFBUSxZQUFZLE9BQVc7QUFDbkMsZ0JBQWMsUUFBUSxTQUFTLEdBQUcsSUFBSSxZQUFZLFFBQVE7QUFDMUQsTUFBSSxPQUFPLFFBQVEsVUFBVSxRQUFRLFFBQVEsUUFBUSxLQUFLLE9BQU8sUUFBUSxRQUFRLFVBQVUsUUFBUSxRQUFRLEdBQUc7QUFDNUcsVUFBTSxTQUFTO0FBQ2YsYUFBUyxJQUFJLEdBQUcsSUFBSSxxQkFBcUIsd0NBQXdDLFFBQVEsUUFBUSxVQUFVLE1BQU07QUFBQSxFQUNuSDtBQUNGO0FBRUEsU0FBUyxPQUFPLFFBQWdCLE9BQXdCO0FBQ3RELFFBQU0sT0FBTyxDQUFDLFNBQXlCLEtBQUssUUFBUSxRQUFRLEVBQUU7QUFDOUQsU0FBTyxLQUFLLEtBQUssTUFBTSxLQUFLLE1BQU0sS0FBSyxNQUFNLFdBQVcsR0FBRyxLQUFLLE1BQU0sQ0FBQyxHQUFHO0FBQzVFO0FBRUEsU0FBUyxjQUFjLE9BQXdCLE1BQWMsVUFBMEI7QUFDckYsTUFBSSxDQUFDLE9BQU8sT0FBTyxXQUFXLEVBQUUsU0FBUyxNQUFNLElBQUksR0FBRztBQUNwRCxhQUFTLElBQUksR0FBRyxJQUFJLFNBQVMsZ0JBQWdCLE1BQU0sTUFBTSxlQUFlLE9BQU8sT0FBTyxXQUFXLEVBQUUsS0FBSyxJQUFJLENBQUMsR0FBRztBQUFBLEVBQ2xIO0FBQ0EsUUFBTSxNQUFNLE9BQU8sTUFBTSxhQUFhLFlBQVksQ0FBQyxNQUFNLFNBQVMsV0FBVyxHQUFHLEtBQUssTUFBTSxhQUFhO0FBQ3hHLE1BQUksT0FBTyxNQUFNLFNBQVMsTUFBTSxHQUFHLEVBQUUsU0FBUyxJQUFJLEdBQUc7QUFDbkQsVUFBTSxTQUFTO0FBQ2YsYUFBUyxJQUFJLEdBQUcsSUFBSSxhQUFhLDRCQUE0QixNQUFNLFVBQVUsTUFBTTtBQUFBLEVBQ3JGO0FBQ0Y7IiwKICAibmFtZXMiOiBbXQp9Cg==
