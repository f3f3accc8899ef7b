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
var directoryArchive_exports = {};
__export(directoryArchive_exports, {
  DirectoryArchive: () => DirectoryArchive
});
module.exports = __toCommonJS(directoryArchive_exports);
var pulumi = __toESM(require("@pulumi/pulumi"));
var import_reference = require("../model/reference");
var import_mistakes = require("../model/mistakes");
var import_archiveReference = require("./archiveReference");
var import_arguments = require("./arguments");
var import_dependency = require("./dependency");
var import_hostCommand = require("./hostCommand");
var import_timeouts = require("./timeouts");
class DirectoryArchive extends pulumi.ComponentResource {
  /**
   * The archive, for ClusterBackups and DisasterRecovery. Known in a preview; who uses it waits for the folders.
   */
  reference;
  constructor(name, args, opts) {
    const subject = `DirectoryArchive ${JSON.stringify(name)} cannot be created`;
    const checked = (0, import_arguments.checkArguments)({
      subject,
      args,
      check: checkPlaces
    });
    super("pulumi-neumann:index:DirectoryArchive", name, {}, opts);
    const archive = checked.apply((known) => (0, import_archiveReference.archiveSpec)(asReference(known)));
    const places = args.offsiteLocation === void 0 ? [primary] : [primary, offsite];
    const created = places.map(
      ({ role, spec }) => (0, import_hostCommand.hostCommand)(
        `${name}-${role}`,
        {
          host: (0, import_hostCommand.thisMachine)(role),
          copy: import_hostCommand.AgentCopy.Package,
          create: ["archive-create"],
          specification: archive.apply(spec),
          timeoutMinutes: import_timeouts.settingsMinutes
        },
        { parent: this }
      )
    );
    this.reference = (0, import_dependency.after)(
      created.map((command) => command.resource),
      archive
    );
    this.registerOutputs({ reference: this.reference });
  }
}
const primary = {
  role: "primary",
  spec: ({ kind, location, clusterId }) => ({ archive: { kind, location }, clusterId, role: "primary" })
};
const offsite = {
  role: "offsite",
  spec: (archive) => ({ archive: archive.offsite ?? archive, clusterId: archive.clusterId, role: "offsite" })
};
function asReference({ clusterId, location, offsiteLocation }) {
  const kind = import_reference.ArchiveKind.Directory;
  return {
    kind,
    location,
    clusterId,
    ...offsiteLocation === void 0 ? {} : { offsite: { kind, location: offsiteLocation } }
  };
}
function checkPlaces(known, mistakes, pending) {
  if (["clusterId", "location", "offsiteLocation"].some(pending)) return;
  const found = new import_mistakes.Mistakes();
  (0, import_archiveReference.checkArchiveReference)(asReference(known), "archive", found);
  for (const { path, problem, received, remedy } of found.all) {
    const argument = path.replace("archive.", "").replace("offsite.location", "offsiteLocation");
    mistakes.add(argument, problem, received, remedy);
  }
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  DirectoryArchive
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiZGlyZWN0b3J5QXJjaGl2ZS50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7OztBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQSxhQUF3QjtBQUN4Qix1QkFBOEM7QUFFOUMsc0JBQXVEO0FBQ3ZELDhCQUEwRTtBQUMxRSx1QkFBNkM7QUFDN0Msd0JBQXNCO0FBQ3RCLHlCQUFvRDtBQUNwRCxzQkFBZ0M7QUFpQ3pCLE1BQU0seUJBQXlCLE9BQU8sa0JBQWtCO0FBQUE7QUFBQTtBQUFBO0FBQUEsRUFJcEQ7QUFBQSxFQUVULFlBQVksTUFBYyxNQUE0QixNQUF3QztBQUM1RixVQUFNLFVBQVUsb0JBQW9CLEtBQUssVUFBVSxJQUFJLENBQUM7QUFDeEQsVUFBTSxjQUFVLGlDQUFlO0FBQUEsTUFDN0I7QUFBQSxNQUNBO0FBQUEsTUFDQSxPQUFPO0FBQUEsSUFDVCxDQUFDO0FBQ0QsVUFBTSx5Q0FBeUMsTUFBTSxDQUFDLEdBQUcsSUFBSTtBQUU3RCxVQUFNLFVBQVUsUUFBUSxNQUFNLENBQUMsY0FBVSxxQ0FBWSxZQUFZLEtBQUssQ0FBQyxDQUFDO0FBQ3hFLFVBQU0sU0FBUyxLQUFLLG9CQUFvQixTQUFZLENBQUMsT0FBTyxJQUFJLENBQUMsU0FBUyxPQUFPO0FBQ2pGLFVBQU0sVUFBVSxPQUFPO0FBQUEsTUFBSSxDQUFDLEVBQUUsTUFBTSxLQUFLLFVBQ3ZDO0FBQUEsUUFDRSxHQUFHLElBQUksSUFBSSxJQUFJO0FBQUEsUUFDZjtBQUFBLFVBQ0UsVUFBTSxnQ0FBWSxJQUFJO0FBQUEsVUFDdEIsTUFBTSw2QkFBVTtBQUFBLFVBQ2hCLFFBQVEsQ0FBQyxnQkFBZ0I7QUFBQSxVQUN6QixlQUFlLFFBQVEsTUFBTSxJQUFJO0FBQUEsVUFDakMsZ0JBQWdCO0FBQUEsUUFDbEI7QUFBQSxRQUNBLEVBQUUsUUFBUSxLQUFLO0FBQUEsTUFDakI7QUFBQSxJQUNGO0FBRUEsU0FBSyxnQkFBWTtBQUFBLE1BQ2YsUUFBUSxJQUFJLENBQUMsWUFBWSxRQUFRLFFBQVE7QUFBQSxNQUN6QztBQUFBLElBQ0Y7QUFDQSxTQUFLLGdCQUFnQixFQUFFLFdBQVcsS0FBSyxVQUFVLENBQUM7QUFBQSxFQUNwRDtBQUNGO0FBU0EsTUFBTSxVQUFpQjtBQUFBLEVBQ3JCLE1BQU07QUFBQSxFQUNOLE1BQU0sQ0FBQyxFQUFFLE1BQU0sVUFBVSxVQUFVLE9BQU8sRUFBRSxTQUFTLEVBQUUsTUFBTSxTQUFTLEdBQUcsV0FBVyxNQUFNLFVBQVU7QUFDdEc7QUFFQSxNQUFNLFVBQWlCO0FBQUEsRUFDckIsTUFBTTtBQUFBLEVBQ04sTUFBTSxDQUFDLGFBQWEsRUFBRSxTQUFTLFFBQVEsV0FBVyxTQUFTLFdBQVcsUUFBUSxXQUFXLE1BQU0sVUFBVTtBQUMzRztBQUVBLFNBQVMsWUFBWSxFQUFFLFdBQVcsVUFBVSxnQkFBZ0IsR0FBK0M7QUFDekcsUUFBTSxPQUFPLDZCQUFZO0FBQ3pCLFNBQU87QUFBQSxJQUNMO0FBQUEsSUFDQTtBQUFBLElBQ0E7QUFBQSxJQUNBLEdBQUksb0JBQW9CLFNBQVksQ0FBQyxJQUFJLEVBQUUsU0FBUyxFQUFFLE1BQU0sVUFBVSxnQkFBZ0IsRUFBRTtBQUFBLEVBQzFGO0FBQ0Y7QUFHQSxTQUFTLFlBQVksT0FBa0IsVUFBb0IsU0FBd0I7QUFDakYsTUFBSSxDQUFDLGFBQWEsWUFBWSxpQkFBaUIsRUFBRSxLQUFLLE9BQU8sRUFBRztBQUNoRSxRQUFNLFFBQVEsSUFBSSxnQkFBQUEsU0FBWTtBQUM5QixxREFBc0IsWUFBWSxLQUFLLEdBQUcsV0FBVyxLQUFLO0FBQzFELGFBQVcsRUFBRSxNQUFNLFNBQVMsVUFBVSxPQUFPLEtBQUssTUFBTSxLQUFLO0FBQzNELFVBQU0sV0FBVyxLQUFLLFFBQVEsWUFBWSxFQUFFLEVBQUUsUUFBUSxvQkFBb0IsaUJBQWlCO0FBQzNGLGFBQVMsSUFBSSxVQUFVLFNBQVMsVUFBVSxNQUFNO0FBQUEsRUFDbEQ7QUFDRjsiLAogICJuYW1lcyI6IFsiTWlzdGFrZUxpc3QiXQp9Cg==
