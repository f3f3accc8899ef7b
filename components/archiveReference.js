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
var archiveReference_exports = {};
__export(archiveReference_exports, {
  archiveSpec: () => archiveSpec,
  checkArchiveReference: () => checkArchiveReference
});
module.exports = __toCommonJS(archiveReference_exports);
var import_reference = require("../model/reference");
function checkArchiveReference(reference, path, mistakes) {
  const texts = [
    ["location", reference.location],
    ...reference.offsite === void 0 ? [] : [["offsite.location", reference.offsite.location]]
  ];
  const wrong = texts.filter(([, value]) => typeof value !== "string" || !value.startsWith("/"));
  for (const [key, value] of wrong) {
    const remedy = "Write the whole path, such as /mnt/backup/neumann.";
    mistakes.add(`${path}.${key}`, "must be an absolute path", value, remedy);
  }
  if (wrong.length === 0) (0, import_reference.checkArchive)(archiveSpec(reference), path, mistakes);
}
function archiveSpec(reference) {
  const { offsite } = reference;
  return {
    ...place(reference),
    clusterId: reference.clusterId,
    ...offsite === void 0 ? {} : { offsite: place(offsite) }
  };
}
function place(known) {
  return { kind: known.kind, location: known.location };
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  archiveSpec,
  checkArchiveReference
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiYXJjaGl2ZVJlZmVyZW5jZS50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7O0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBRUEsdUJBQXVGO0FBMkNoRixTQUFTLHNCQUFzQixXQUEyQixNQUFjLFVBQTBCO0FBQ3ZHLFFBQU0sUUFBUTtBQUFBLElBQ1osQ0FBQyxZQUFZLFVBQVUsUUFBUTtBQUFBLElBQy9CLEdBQUksVUFBVSxZQUFZLFNBQVksQ0FBQyxJQUFJLENBQUMsQ0FBQyxvQkFBb0IsVUFBVSxRQUFRLFFBQVEsQ0FBQztBQUFBLEVBQzlGO0FBQ0EsUUFBTSxRQUFRLE1BQU0sT0FBTyxDQUFDLENBQUMsRUFBRSxLQUFLLE1BQU0sT0FBTyxVQUFVLFlBQVksQ0FBQyxNQUFNLFdBQVcsR0FBRyxDQUFDO0FBQzdGLGFBQVcsQ0FBQyxLQUFLLEtBQUssS0FBSyxPQUFPO0FBQ2hDLFVBQU0sU0FBUztBQUNmLGFBQVMsSUFBSSxHQUFHLElBQUksSUFBSSxHQUFHLElBQUksNEJBQTRCLE9BQU8sTUFBTTtBQUFBLEVBQzFFO0FBQ0EsTUFBSSxNQUFNLFdBQVcsRUFBRyxvQ0FBYSxZQUFZLFNBQVMsR0FBRyxNQUFNLFFBQVE7QUFDN0U7QUFHTyxTQUFTLFlBQVksV0FBd0M7QUFDbEUsUUFBTSxFQUFFLFFBQVEsSUFBSTtBQUNwQixTQUFPO0FBQUEsSUFDTCxHQUFHLE1BQU0sU0FBUztBQUFBLElBQ2xCLFdBQVcsVUFBVTtBQUFBLElBQ3JCLEdBQUksWUFBWSxTQUFZLENBQUMsSUFBSSxFQUFFLFNBQVMsTUFBTSxPQUFPLEVBQUU7QUFBQSxFQUM3RDtBQUNGO0FBRUEsU0FBUyxNQUFNLE9BQXFEO0FBQ2xFLFNBQU8sRUFBRSxNQUFNLE1BQU0sTUFBcUIsVUFBVSxNQUFNLFNBQVM7QUFDckU7IiwKICAibmFtZXMiOiBbXQp9Cg==
