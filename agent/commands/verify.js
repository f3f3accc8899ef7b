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
var verify_exports = {};
__export(verify_exports, {
  verify: () => verify
});
module.exports = __toCommonJS(verify_exports);
var import_node_crypto = require("node:crypto");
var import_promises = require("node:stream/promises");
var import_catalog = require("../../model/catalog");
var import_layout = require("../../model/layout");
var import_mistakes = require("../../model/mistakes");
var import_catalog2 = require("../archive/catalog");
var import_open = require("../archive/open");
const verify = {
  name: "verify",
  steps: [
    { name: "catalog", title: "read the catalog", run: catalog },
    { name: "backups", title: "verify the backups", run: backups }
  ]
};
async function catalog(context) {
  context.places = await (0, import_open.openReachable)(context.archive);
  const found = await (0, import_catalog2.readCatalog)(context.archive.clusterId, context.places);
  for (const { place, key, problem } of found.unreadable) {
    context.verdicts.push({ backupId: key, place, tier: "", good: false, problem, bytes: 0 });
  }
  context.entries = (0, import_catalog.inOrder)(found).filter(
    ({ manifest }) => context.backupId === void 0 || manifest.backupId === context.backupId
  );
  if (context.backupId !== void 0 && context.entries.length === 0) {
    const known = (0, import_catalog.inOrder)(found).map(({ manifest }) => manifest.backupId);
    const remedy = `Known backups: ${known.slice(-5).join(", ") || "none"}.`;
    throw new import_mistakes.InputError("The backup cannot be verified", [
      { path: "backup", problem: "is not in the archive", received: context.backupId, remedy }
    ]);
  }
}
async function backups(context, control) {
  for (const entry of context.entries ?? []) {
    const { manifest, place } = entry;
    let { problem } = entry;
    let bytes = 0;
    if (problem === null && context.depth === "bytes") {
      const archive = context.places?.find((candidate) => candidate.place === place)?.archive;
      const read = archive === void 0 ? { problem: "unreachable", bytes } : await readParts(archive, entry, control);
      ({ problem, bytes } = read);
    }
    context.verdicts.push({
      backupId: manifest.backupId,
      place,
      tier: manifest.tier,
      good: problem === null,
      problem,
      bytes
    });
  }
}
async function readParts(archive, { manifest }, control) {
  const prefix = (0, import_layout.dataPrefix)(manifest.clusterId, manifest.tier, manifest.lineage, manifest.backupId);
  const total = manifest.parts.reduce((sum, part) => sum + part.bytes, 0);
  let bytes = 0;
  for (const part of manifest.parts) {
    const hash = (0, import_node_crypto.createHash)("sha256");
    const content = await archive.getStream(prefix + part.name);
    content.on("data", (chunk) => control.progress(bytes += chunk.length, total));
    await (0, import_promises.pipeline)(content, hash);
    const found = hash.digest("hex");
    if (found !== part.sha256) return { problem: `${part.name} has SHA-256 ${found}, not ${part.sha256}`, bytes };
  }
  return { problem: null, bytes };
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  verify
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsidmVyaWZ5LnRzIl0sCiAgIm1hcHBpbmdzIjogIjs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUEseUJBQTJCO0FBQzNCLHNCQUF5QjtBQUV6QixxQkFBd0I7QUFDeEIsb0JBQTJCO0FBQzNCLHNCQUEyQjtBQUczQixJQUFBQSxrQkFBNEI7QUFDNUIsa0JBQThCO0FBMEJ2QixNQUFNLFNBQW1DO0FBQUEsRUFDOUMsTUFBTTtBQUFBLEVBQ04sT0FBTztBQUFBLElBQ0wsRUFBRSxNQUFNLFdBQVcsT0FBTyxvQkFBb0IsS0FBSyxRQUFRO0FBQUEsSUFDM0QsRUFBRSxNQUFNLFdBQVcsT0FBTyxzQkFBc0IsS0FBSyxRQUFRO0FBQUEsRUFDL0Q7QUFDRjtBQUVBLGVBQWUsUUFBUSxTQUF1QztBQUM1RCxVQUFRLFNBQVMsVUFBTSwyQkFBYyxRQUFRLE9BQU87QUFDcEQsUUFBTSxRQUFRLFVBQU0sNkJBQVksUUFBUSxRQUFRLFdBQVcsUUFBUSxNQUFNO0FBQ3pFLGFBQVcsRUFBRSxPQUFPLEtBQUssUUFBUSxLQUFLLE1BQU0sWUFBWTtBQUN0RCxZQUFRLFNBQVMsS0FBSyxFQUFFLFVBQVUsS0FBSyxPQUFPLE1BQU0sSUFBSSxNQUFNLE9BQU8sU0FBUyxPQUFPLEVBQUUsQ0FBQztBQUFBLEVBQzFGO0FBQ0EsVUFBUSxjQUFVLHdCQUFRLEtBQUssRUFBRTtBQUFBLElBQy9CLENBQUMsRUFBRSxTQUFTLE1BQU0sUUFBUSxhQUFhLFVBQWEsU0FBUyxhQUFhLFFBQVE7QUFBQSxFQUNwRjtBQUNBLE1BQUksUUFBUSxhQUFhLFVBQWEsUUFBUSxRQUFRLFdBQVcsR0FBRztBQUNsRSxVQUFNLFlBQVEsd0JBQVEsS0FBSyxFQUFFLElBQUksQ0FBQyxFQUFFLFNBQVMsTUFBTSxTQUFTLFFBQVE7QUFDcEUsVUFBTSxTQUFTLGtCQUFrQixNQUFNLE1BQU0sRUFBRSxFQUFFLEtBQUssSUFBSSxLQUFLLE1BQU07QUFDckUsVUFBTSxJQUFJLDJCQUFXLGlDQUFpQztBQUFBLE1BQ3BELEVBQUUsTUFBTSxVQUFVLFNBQVMseUJBQXlCLFVBQVUsUUFBUSxVQUFVLE9BQU87QUFBQSxJQUN6RixDQUFDO0FBQUEsRUFDSDtBQUNGO0FBRUEsZUFBZSxRQUFRLFNBQXdCLFNBQXFDO0FBQ2xGLGFBQVcsU0FBUyxRQUFRLFdBQVcsQ0FBQyxHQUFHO0FBQ3pDLFVBQU0sRUFBRSxVQUFVLE1BQU0sSUFBSTtBQUM1QixRQUFJLEVBQUUsUUFBUSxJQUFJO0FBQ2xCLFFBQUksUUFBUTtBQUNaLFFBQUksWUFBWSxRQUFRLFFBQVEsVUFBVSxTQUFTO0FBQ2pELFlBQU0sVUFBVSxRQUFRLFFBQVEsS0FBSyxDQUFDLGNBQWMsVUFBVSxVQUFVLEtBQUssR0FBRztBQUNoRixZQUFNLE9BQU8sWUFBWSxTQUFZLEVBQUUsU0FBUyxlQUFlLE1BQU0sSUFBSSxNQUFNLFVBQVUsU0FBUyxPQUFPLE9BQU87QUFDaEgsT0FBQyxFQUFFLFNBQVMsTUFBTSxJQUFJO0FBQUEsSUFDeEI7QUFDQSxZQUFRLFNBQVMsS0FBSztBQUFBLE1BQ3BCLFVBQVUsU0FBUztBQUFBLE1BQ25CO0FBQUEsTUFDQSxNQUFNLFNBQVM7QUFBQSxNQUNmLE1BQU0sWUFBWTtBQUFBLE1BQ2xCO0FBQUEsTUFDQTtBQUFBLElBQ0YsQ0FBQztBQUFBLEVBQ0g7QUFDRjtBQUVBLGVBQWUsVUFDYixTQUNBLEVBQUUsU0FBUyxHQUNYLFNBQ29EO0FBQ3BELFFBQU0sYUFBUywwQkFBVyxTQUFTLFdBQVcsU0FBUyxNQUFNLFNBQVMsU0FBUyxTQUFTLFFBQVE7QUFDaEcsUUFBTSxRQUFRLFNBQVMsTUFBTSxPQUFPLENBQUMsS0FBSyxTQUFTLE1BQU0sS0FBSyxPQUFPLENBQUM7QUFDdEUsTUFBSSxRQUFRO0FBQ1osYUFBVyxRQUFRLFNBQVMsT0FBTztBQUNqQyxVQUFNLFdBQU8sK0JBQVcsUUFBUTtBQUNoQyxVQUFNLFVBQVUsTUFBTSxRQUFRLFVBQVUsU0FBUyxLQUFLLElBQUk7QUFDMUQsWUFBUSxHQUFHLFFBQVEsQ0FBQyxVQUFrQixRQUFRLFNBQVUsU0FBUyxNQUFNLFFBQVMsS0FBSyxDQUFDO0FBQ3RGLGNBQU0sMEJBQVMsU0FBUyxJQUFJO0FBQzVCLFVBQU0sUUFBUSxLQUFLLE9BQU8sS0FBSztBQUMvQixRQUFJLFVBQVUsS0FBSyxPQUFRLFFBQU8sRUFBRSxTQUFTLEdBQUcsS0FBSyxJQUFJLGdCQUFnQixLQUFLLFNBQVMsS0FBSyxNQUFNLElBQUksTUFBTTtBQUFBLEVBQzlHO0FBQ0EsU0FBTyxFQUFFLFNBQVMsTUFBTSxNQUFNO0FBQ2hDOyIsCiAgIm5hbWVzIjogWyJpbXBvcnRfY2F0YWxvZyJdCn0K
