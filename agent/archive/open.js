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
var open_exports = {};
__export(open_exports, {
  createArchive: () => createArchive,
  openArchive: () => openArchive,
  openArchives: () => openArchives,
  openReachable: () => openReachable
});
module.exports = __toCommonJS(open_exports);
var import_layout = require("../../model/layout");
var import_mistakes = require("../../model/mistakes");
var import_parse = require("../../model/parse");
var import_records = require("../../model/records");
var import_reference = require("../../model/reference");
var import_errors = require("../run/errors");
var import_directory = require("./directory");
var import_files = require("../host/files");
function connect(location) {
  return new import_directory.DirectoryArchive(location.location);
}
async function readMarker(archive, clusterId) {
  const text = await archive.getText((0, import_layout.archiveMarkerKey)(clusterId));
  if (text === void 0) return void 0;
  return (0, import_parse.parseJsonAs)(import_records.archiveMarkerSchema, text, `${archive.description}/${(0, import_layout.archiveMarkerKey)(clusterId)}`);
}
async function openArchive(location, clusterId, role) {
  const archive = connect(location);
  const marker = await readMarker(archive, clusterId);
  if (marker === void 0) {
    throw new import_errors.WorldFault(
      `${location.location} is not the ${role} archive of cluster ${clusterId}: ${(0, import_layout.archiveMarkerKey)(clusterId)} is missing. Is the disk mounted? A new archive is made by DirectoryArchive or \`neumann-backup archive-create\`.`
    );
  }
  if (marker.role !== role || marker.clusterId !== clusterId) {
    throw new import_errors.Refused(
      `${location.location} is the ${marker.role} archive of cluster ${marker.clusterId}, not the ${role} archive of ${clusterId}. Name the right folder.`
    );
  }
  return archive;
}
async function openArchives(spec) {
  checkSpec(spec);
  const primary = await openArchive(spec, spec.clusterId, "primary");
  if (spec.offsite === void 0) return { clusterId: spec.clusterId, primary };
  return { clusterId: spec.clusterId, primary, offsite: await openArchive(spec.offsite, spec.clusterId, "offsite") };
}
async function openReachable(spec) {
  checkSpec(spec);
  const places = [
    ["primary", spec],
    ["offsite", spec.offsite]
  ];
  const found = [];
  const faults = [];
  for (const [place, location] of places) {
    if (location === void 0) continue;
    try {
      found.push({ place, archive: await openArchive(location, spec.clusterId, place) });
    } catch (error) {
      if (!(error instanceof import_errors.WorldFault)) throw error;
      faults.push(error.message);
    }
  }
  if (found.length === 0) throw new import_errors.WorldFault(faults.join("\n"));
  return found;
}
function checkSpec(spec) {
  const mistakes = new import_mistakes.Mistakes();
  (0, import_reference.checkArchive)(spec, "archive", mistakes);
  mistakes.throwIfAny("The archive cannot be used");
}
async function createArchive(location, clusterId, role) {
  const mistakes = new import_mistakes.Mistakes();
  (0, import_reference.checkArchive)({ ...location, clusterId }, "archive", mistakes);
  mistakes.throwIfAny("The archive cannot be made");
  const archive = connect(location);
  if (await (0, import_files.exists)(location.location)) {
    const marker = await readMarker(archive, clusterId);
    if (marker !== void 0) {
      await openArchive(location, clusterId, role);
      return false;
    }
    const squatters = await archive.list(`${clusterId}/`);
    if (squatters[0] !== void 0) {
      throw new import_errors.Refused(
        `${location.location} holds ${squatters[0].key} but no ${(0, import_layout.archiveMarkerKey)(clusterId)}: it is not an archive that this library made. Name an empty folder.`
      );
    }
  }
  await (0, import_files.makeDirectory)(location.location);
  const content = { format: "neumann-archive/1", clusterId, role };
  const { created } = await archive.putText((0, import_layout.archiveMarkerKey)(clusterId), `${JSON.stringify(content)}
`);
  return created;
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  createArchive,
  openArchive,
  openArchives,
  openReachable
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsib3Blbi50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7O0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBLG9CQUFpQztBQUNqQyxzQkFBeUI7QUFDekIsbUJBQTRCO0FBQzVCLHFCQUF3RDtBQUN4RCx1QkFBcUU7QUFFckUsb0JBQW9DO0FBRXBDLHVCQUFpQztBQUNqQyxtQkFBc0M7QUFTdEMsU0FBUyxRQUFRLFVBQW9DO0FBQ25ELFNBQU8sSUFBSSxrQ0FBaUIsU0FBUyxRQUFRO0FBQy9DO0FBRUEsZUFBZSxXQUFXLFNBQWtCLFdBQXVEO0FBQ2pHLFFBQU0sT0FBTyxNQUFNLFFBQVEsWUFBUSxnQ0FBaUIsU0FBUyxDQUFDO0FBQzlELE1BQUksU0FBUyxPQUFXLFFBQU87QUFDL0IsYUFBTywwQkFBWSxvQ0FBcUIsTUFBTSxHQUFHLFFBQVEsV0FBVyxRQUFJLGdDQUFpQixTQUFTLENBQUMsRUFBRTtBQUN2RztBQU1BLGVBQXNCLFlBQVksVUFBMkIsV0FBbUIsTUFBK0I7QUFDN0csUUFBTSxVQUFVLFFBQVEsUUFBUTtBQUNoQyxRQUFNLFNBQVMsTUFBTSxXQUFXLFNBQVMsU0FBUztBQUNsRCxNQUFJLFdBQVcsUUFBVztBQUN4QixVQUFNLElBQUk7QUFBQSxNQUNSLEdBQUcsU0FBUyxRQUFRLGVBQWUsSUFBSSx1QkFBdUIsU0FBUyxTQUFLLGdDQUFpQixTQUFTLENBQUM7QUFBQSxJQUV6RztBQUFBLEVBQ0Y7QUFDQSxNQUFJLE9BQU8sU0FBUyxRQUFRLE9BQU8sY0FBYyxXQUFXO0FBQzFELFVBQU0sSUFBSTtBQUFBLE1BQ1IsR0FBRyxTQUFTLFFBQVEsV0FBVyxPQUFPLElBQUksdUJBQXVCLE9BQU8sU0FBUyxhQUFhLElBQUksZUFBZSxTQUFTO0FBQUEsSUFDNUg7QUFBQSxFQUNGO0FBQ0EsU0FBTztBQUNUO0FBR0EsZUFBc0IsYUFBYSxNQUFzQztBQUN2RSxZQUFVLElBQUk7QUFDZCxRQUFNLFVBQVUsTUFBTSxZQUFZLE1BQU0sS0FBSyxXQUFXLFNBQVM7QUFDakUsTUFBSSxLQUFLLFlBQVksT0FBVyxRQUFPLEVBQUUsV0FBVyxLQUFLLFdBQVcsUUFBUTtBQUM1RSxTQUFPLEVBQUUsV0FBVyxLQUFLLFdBQVcsU0FBUyxTQUFTLE1BQU0sWUFBWSxLQUFLLFNBQVMsS0FBSyxXQUFXLFNBQVMsRUFBRTtBQUNuSDtBQUdBLGVBQXNCLGNBQWMsTUFBa0U7QUFDcEcsWUFBVSxJQUFJO0FBQ2QsUUFBTSxTQUFpRDtBQUFBLElBQ3JELENBQUMsV0FBVyxJQUFJO0FBQUEsSUFDaEIsQ0FBQyxXQUFXLEtBQUssT0FBTztBQUFBLEVBQzFCO0FBQ0EsUUFBTSxRQUE4QyxDQUFDO0FBQ3JELFFBQU0sU0FBbUIsQ0FBQztBQUMxQixhQUFXLENBQUMsT0FBTyxRQUFRLEtBQUssUUFBUTtBQUN0QyxRQUFJLGFBQWEsT0FBVztBQUM1QixRQUFJO0FBQ0YsWUFBTSxLQUFLLEVBQUUsT0FBTyxTQUFTLE1BQU0sWUFBWSxVQUFVLEtBQUssV0FBVyxLQUFLLEVBQUUsQ0FBQztBQUFBLElBQ25GLFNBQVMsT0FBTztBQUNkLFVBQUksRUFBRSxpQkFBaUIsMEJBQWEsT0FBTTtBQUMxQyxhQUFPLEtBQUssTUFBTSxPQUFPO0FBQUEsSUFDM0I7QUFBQSxFQUNGO0FBQ0EsTUFBSSxNQUFNLFdBQVcsRUFBRyxPQUFNLElBQUkseUJBQVcsT0FBTyxLQUFLLElBQUksQ0FBQztBQUM5RCxTQUFPO0FBQ1Q7QUFFQSxTQUFTLFVBQVUsTUFBeUI7QUFDMUMsUUFBTSxXQUFXLElBQUkseUJBQVM7QUFDOUIscUNBQWEsTUFBTSxXQUFXLFFBQVE7QUFDdEMsV0FBUyxXQUFXLDRCQUE0QjtBQUNsRDtBQUdBLGVBQXNCLGNBQWMsVUFBMkIsV0FBbUIsTUFBK0I7QUFDL0csUUFBTSxXQUFXLElBQUkseUJBQVM7QUFDOUIscUNBQWEsRUFBRSxHQUFHLFVBQVUsVUFBVSxHQUFHLFdBQVcsUUFBUTtBQUM1RCxXQUFTLFdBQVcsNEJBQTRCO0FBQ2hELFFBQU0sVUFBVSxRQUFRLFFBQVE7QUFDaEMsTUFBSSxVQUFNLHFCQUFPLFNBQVMsUUFBUSxHQUFHO0FBQ25DLFVBQU0sU0FBUyxNQUFNLFdBQVcsU0FBUyxTQUFTO0FBQ2xELFFBQUksV0FBVyxRQUFXO0FBQ3hCLFlBQU0sWUFBWSxVQUFVLFdBQVcsSUFBSTtBQUMzQyxhQUFPO0FBQUEsSUFDVDtBQUNBLFVBQU0sWUFBWSxNQUFNLFFBQVEsS0FBSyxHQUFHLFNBQVMsR0FBRztBQUNwRCxRQUFJLFVBQVUsQ0FBQyxNQUFNLFFBQVc7QUFDOUIsWUFBTSxJQUFJO0FBQUEsUUFDUixHQUFHLFNBQVMsUUFBUSxVQUFVLFVBQVUsQ0FBQyxFQUFFLEdBQUcsZUFBVyxnQ0FBaUIsU0FBUyxDQUFDO0FBQUEsTUFDdEY7QUFBQSxJQUNGO0FBQUEsRUFDRjtBQUNBLFlBQU0sNEJBQWMsU0FBUyxRQUFRO0FBQ3JDLFFBQU0sVUFBeUIsRUFBRSxRQUFRLHFCQUFxQixXQUFXLEtBQUs7QUFDOUUsUUFBTSxFQUFFLFFBQVEsSUFBSSxNQUFNLFFBQVEsWUFBUSxnQ0FBaUIsU0FBUyxHQUFHLEdBQUcsS0FBSyxVQUFVLE9BQU8sQ0FBQztBQUFBLENBQUk7QUFDckcsU0FBTztBQUNUOyIsCiAgIm5hbWVzIjogW10KfQo=
