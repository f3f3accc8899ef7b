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
var offsite_exports = {};
__export(offsite_exports, {
  offsite: () => offsite
});
module.exports = __toCommonJS(offsite_exports);
var import_node_crypto = require("node:crypto");
var import_node_stream = require("node:stream");
var import_promises = require("node:stream/promises");
var import_catalog = require("../../model/catalog");
var import_layout = require("../../model/layout");
var import_manifest = require("../../model/manifest");
var import_tier = require("../../model/tier");
var import_units = require("../../model/units");
var import_catalog2 = require("../archive/catalog");
var import_open = require("../archive/open");
var import_claims = require("../claims");
var import_identity = require("../identity");
var import_lineage = require("../lineage");
var import_errors = require("../run/errors");
var import_node_crypto2 = require("node:crypto");
const offsite = {
  name: "offsite",
  steps: [
    { name: "begin", title: "open both archives", run: begin },
    { name: "claim", title: "claim the tier", run: claim },
    { name: "choose", title: "choose the newest full backup", run: choose },
    { name: "copy", title: "copy and check every byte", run: unlessDone(copy) },
    { name: "belongings", title: "store lineage and agent beside it", run: unlessDone(belongings) },
    { name: "read-back", title: "read back what was stored", run: unlessDone(readBack) },
    { name: "manifest", title: "write the manifest", run: unlessDone(writeManifest) }
  ],
  async settle(context) {
    await context.claim?.release();
  }
};
function unlessDone(run) {
  return async (context, control) => {
    if (context.done !== true) await run(context, control);
  };
}
function needed(value) {
  if (value === void 0) throw new Error("an earlier step makes this");
  return value;
}
function offsiteOf(context) {
  const archive = needed(context.archives).offsite;
  if (archive === void 0) {
    throw new import_errors.Refused(
      "there is no off-site archive: give the archive reference an `offsite` location (DirectoryArchive offsiteLocation)"
    );
  }
  return archive;
}
async function begin(context) {
  context.archives = await (0, import_open.openArchives)(context.config.archive);
  offsiteOf(context);
}
async function claim(context) {
  const { primary, clusterId } = needed(context.archives);
  context.claim = await (0, import_claims.takeClaim)(primary, clusterId, {
    name: import_tier.Tier.Offsite,
    node: context.config.node.id,
    timeToLiveSeconds: 6 * 3600
  });
}
async function choose(context, control) {
  const { primary, clusterId } = needed(context.archives);
  const catalog = await (0, import_catalog2.readCatalog)(clusterId, [
    { place: "primary", archive: primary },
    { place: "offsite", archive: offsiteOf(context) }
  ]);
  const production = (0, import_catalog.productionLineage)(catalog);
  if ("refused" in production) throw new import_errors.Refused(production.refused);
  const { lineage } = production.lineage;
  const source = (0, import_catalog.newestGood)(catalog, lineage, { places: ["primary"], tiers: [import_tier.Tier.Full] });
  if (source === void 0)
    throw new import_errors.WorldFault(`there is no good full backup of lineage ${lineage} to copy: run \`full\` first`);
  const ageSeconds = ((await primary.now()).getTime() - Date.parse(source.storedAt)) / 1e3;
  const limit = context.config.policy.offsite.maxSourceAgeHours;
  if (ageSeconds > limit * 3600) {
    throw new import_errors.Refused(
      `the newest full backup, ${source.manifest.backupId}, is ${(0, import_units.formatSeconds)(ageSeconds)} old, over the policy's offsite.maxSourceAgeHours of ${limit}: run \`full\` first`
    );
  }
  context.source = source;
  const copy2 = catalog.entries.find(
    (entry) => entry.place === "offsite" && entry.problem === null && entry.manifest.source?.backupId === source.manifest.backupId
  );
  if (copy2 === void 0) return;
  context.done = true;
  context.manifest = copy2.manifest;
  control.note(`${source.manifest.backupId} is off-site already, as ${copy2.manifest.backupId}`);
}
async function copy(context, control) {
  const { primary, clusterId } = needed(context.archives);
  const { manifest } = needed(context.source);
  context.backupId = (0, import_layout.makeBackupId)(/* @__PURE__ */ new Date(), (0, import_node_crypto.randomBytes)(4).toString("hex"));
  const from = (0, import_layout.dataPrefix)(clusterId, manifest.tier, manifest.lineage, manifest.backupId);
  const to = (0, import_layout.dataPrefix)(clusterId, import_tier.Tier.Offsite, manifest.lineage, context.backupId);
  context.parts = [];
  for (const part of manifest.parts) {
    const content = await primary.getStream(from + part.name);
    let bytes = 0;
    const measured = new import_node_stream.PassThrough();
    content.on("data", (chunk) => control.progress(bytes += chunk.length, part.bytes));
    const reading = (0, import_promises.pipeline)(content, measured);
    reading.catch(() => void 0);
    await control.point();
    const stored = await offsiteOf(context).putStream(to + part.name, measured);
    await reading;
    if (stored.sha256 !== part.sha256) {
      throw new import_errors.Damaged(
        `${from}${part.name} in ${primary.description} is not what its manifest says: the off-site copy was not completed. Take a new full backup and run \`verify\`.`
      );
    }
    context.parts.push(part);
  }
}
async function belongings(context) {
  const { primary, clusterId } = needed(context.archives);
  const { lineage } = needed(context.source).manifest;
  const archive = offsiteOf(context);
  const record = await primary.getText((0, import_lineage.lineageKey)(clusterId, lineage));
  if (record === void 0) throw new import_errors.Damaged(`${(0, import_lineage.lineageKey)(clusterId, lineage)} is missing in ${primary.description}`);
  await archive.putText((0, import_lineage.lineageKey)(clusterId, lineage), record);
  const { sha256 } = await (0, import_identity.agentIdentity)();
  await archive.putFile((0, import_layout.recordKey)(clusterId, "software", `${sha256}/neumann-backup.cjs`), (0, import_identity.agentProgram)());
}
async function readBack(context, control) {
  const { clusterId } = needed(context.archives);
  const { lineage } = needed(context.source).manifest;
  const archive = offsiteOf(context);
  for (const part of needed(context.parts)) {
    const key = (0, import_layout.dataPrefix)(clusterId, import_tier.Tier.Offsite, lineage, needed(context.backupId)) + part.name;
    const hash = (0, import_node_crypto2.createHash)("sha256");
    let bytes = 0;
    const content = await archive.getStream(key);
    content.on("data", (chunk) => control.progress(bytes += chunk.length, part.bytes));
    await (0, import_promises.pipeline)(content, hash);
    if (hash.digest("hex") !== part.sha256) throw new import_errors.Damaged(`${key} does not read back as it was written`);
  }
}
async function writeManifest(context) {
  await needed(context.claim).stillHeld();
  const { clusterId } = needed(context.archives);
  const source = needed(context.source);
  const backupId = needed(context.backupId);
  context.manifest = {
    ...source.manifest,
    backupId,
    tier: import_tier.Tier.Offsite,
    source: { tier: source.manifest.tier, backupId: source.manifest.backupId, manifestSha256: source.manifestSha256 },
    agent: await (0, import_identity.agentIdentity)(),
    signature: void 0
  };
  const key = (0, import_layout.manifestKey)(clusterId, import_tier.Tier.Offsite, source.manifest.lineage, backupId);
  await offsiteOf(context).putText(key, (0, import_manifest.serializeManifest)(context.manifest));
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  offsite
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsib2Zmc2l0ZS50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7O0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBLHlCQUE0QjtBQUM1Qix5QkFBNEI7QUFDNUIsc0JBQXlCO0FBQ3pCLHFCQUFpRTtBQUNqRSxvQkFBaUU7QUFDakUsc0JBQWtFO0FBQ2xFLGtCQUFxQjtBQUNyQixtQkFBOEI7QUFFOUIsSUFBQUEsa0JBQTRCO0FBQzVCLGtCQUE0QztBQUM1QyxvQkFBc0M7QUFFdEMsc0JBQTRDO0FBQzVDLHFCQUEyQjtBQUMzQixvQkFBNkM7QUFFN0MsSUFBQUMsc0JBQTJCO0FBZXBCLE1BQU0sVUFBcUM7QUFBQSxFQUNoRCxNQUFNO0FBQUEsRUFDTixPQUFPO0FBQUEsSUFDTCxFQUFFLE1BQU0sU0FBUyxPQUFPLHNCQUFzQixLQUFLLE1BQU07QUFBQSxJQUN6RCxFQUFFLE1BQU0sU0FBUyxPQUFPLGtCQUFrQixLQUFLLE1BQU07QUFBQSxJQUNyRCxFQUFFLE1BQU0sVUFBVSxPQUFPLGlDQUFpQyxLQUFLLE9BQU87QUFBQSxJQUN0RSxFQUFFLE1BQU0sUUFBUSxPQUFPLDZCQUE2QixLQUFLLFdBQVcsSUFBSSxFQUFFO0FBQUEsSUFDMUUsRUFBRSxNQUFNLGNBQWMsT0FBTyxxQ0FBcUMsS0FBSyxXQUFXLFVBQVUsRUFBRTtBQUFBLElBQzlGLEVBQUUsTUFBTSxhQUFhLE9BQU8sNkJBQTZCLEtBQUssV0FBVyxRQUFRLEVBQUU7QUFBQSxJQUNuRixFQUFFLE1BQU0sWUFBWSxPQUFPLHNCQUFzQixLQUFLLFdBQVcsYUFBYSxFQUFFO0FBQUEsRUFDbEY7QUFBQSxFQUNBLE1BQU0sT0FBTyxTQUFTO0FBQ3BCLFVBQU0sUUFBUSxPQUFPLFFBQVE7QUFBQSxFQUMvQjtBQUNGO0FBSUEsU0FBUyxXQUFXLEtBQWU7QUFDakMsU0FBTyxPQUFPLFNBQVMsWUFBWTtBQUNqQyxRQUFJLFFBQVEsU0FBUyxLQUFNLE9BQU0sSUFBSSxTQUFTLE9BQU87QUFBQSxFQUN2RDtBQUNGO0FBRUEsU0FBUyxPQUFVLE9BQXlCO0FBQzFDLE1BQUksVUFBVSxPQUFXLE9BQU0sSUFBSSxNQUFNLDRCQUE0QjtBQUNyRSxTQUFPO0FBQ1Q7QUFFQSxTQUFTLFVBQVUsU0FBa0M7QUFDbkQsUUFBTSxVQUFVLE9BQU8sUUFBUSxRQUFRLEVBQUU7QUFDekMsTUFBSSxZQUFZLFFBQVc7QUFDekIsVUFBTSxJQUFJO0FBQUEsTUFDUjtBQUFBLElBQ0Y7QUFBQSxFQUNGO0FBQ0EsU0FBTztBQUNUO0FBRUEsZUFBZSxNQUFNLFNBQXdDO0FBQzNELFVBQVEsV0FBVyxVQUFNLDBCQUFhLFFBQVEsT0FBTyxPQUFPO0FBQzVELFlBQVUsT0FBTztBQUNuQjtBQUVBLGVBQWUsTUFBTSxTQUF3QztBQUMzRCxRQUFNLEVBQUUsU0FBUyxVQUFVLElBQUksT0FBTyxRQUFRLFFBQVE7QUFDdEQsVUFBUSxRQUFRLFVBQU0seUJBQVUsU0FBUyxXQUFXO0FBQUEsSUFDbEQsTUFBTSxpQkFBSztBQUFBLElBQ1gsTUFBTSxRQUFRLE9BQU8sS0FBSztBQUFBLElBQzFCLG1CQUFtQixJQUFJO0FBQUEsRUFDekIsQ0FBQztBQUNIO0FBRUEsZUFBZSxPQUFPLFNBQXlCLFNBQXFDO0FBQ2xGLFFBQU0sRUFBRSxTQUFTLFVBQVUsSUFBSSxPQUFPLFFBQVEsUUFBUTtBQUN0RCxRQUFNLFVBQVUsVUFBTSw2QkFBWSxXQUFXO0FBQUEsSUFDM0MsRUFBRSxPQUFPLFdBQVcsU0FBUyxRQUFRO0FBQUEsSUFDckMsRUFBRSxPQUFPLFdBQVcsU0FBUyxVQUFVLE9BQU8sRUFBRTtBQUFBLEVBQ2xELENBQUM7QUFDRCxRQUFNLGlCQUFhLGtDQUFrQixPQUFPO0FBQzVDLE1BQUksYUFBYSxXQUFZLE9BQU0sSUFBSSxzQkFBUSxXQUFXLE9BQU87QUFDakUsUUFBTSxFQUFFLFFBQVEsSUFBSSxXQUFXO0FBQy9CLFFBQU0sYUFBUywyQkFBVyxTQUFTLFNBQVMsRUFBRSxRQUFRLENBQUMsU0FBUyxHQUFHLE9BQU8sQ0FBQyxpQkFBSyxJQUFJLEVBQUUsQ0FBQztBQUN2RixNQUFJLFdBQVc7QUFDYixVQUFNLElBQUkseUJBQVcsMkNBQTJDLE9BQU8sOEJBQThCO0FBQ3ZHLFFBQU0sZUFBZSxNQUFNLFFBQVEsSUFBSSxHQUFHLFFBQVEsSUFBSSxLQUFLLE1BQU0sT0FBTyxRQUFRLEtBQUs7QUFDckYsUUFBTSxRQUFRLFFBQVEsT0FBTyxPQUFPLFFBQVE7QUFDNUMsTUFBSSxhQUFhLFFBQVEsTUFBTTtBQUM3QixVQUFNLElBQUk7QUFBQSxNQUNSLDJCQUEyQixPQUFPLFNBQVMsUUFBUSxZQUFRLDRCQUFjLFVBQVUsQ0FBQyx3REFBd0QsS0FBSztBQUFBLElBQ25KO0FBQUEsRUFDRjtBQUNBLFVBQVEsU0FBUztBQUNqQixRQUFNQyxRQUFPLFFBQVEsUUFBUTtBQUFBLElBQzNCLENBQUMsVUFDQyxNQUFNLFVBQVUsYUFDaEIsTUFBTSxZQUFZLFFBQ2xCLE1BQU0sU0FBUyxRQUFRLGFBQWEsT0FBTyxTQUFTO0FBQUEsRUFDeEQ7QUFDQSxNQUFJQSxVQUFTLE9BQVc7QUFDeEIsVUFBUSxPQUFPO0FBQ2YsVUFBUSxXQUFXQSxNQUFLO0FBQ3hCLFVBQVEsS0FBSyxHQUFHLE9BQU8sU0FBUyxRQUFRLDRCQUE0QkEsTUFBSyxTQUFTLFFBQVEsRUFBRTtBQUM5RjtBQUVBLGVBQWUsS0FBSyxTQUF5QixTQUFxQztBQUNoRixRQUFNLEVBQUUsU0FBUyxVQUFVLElBQUksT0FBTyxRQUFRLFFBQVE7QUFDdEQsUUFBTSxFQUFFLFNBQVMsSUFBSSxPQUFPLFFBQVEsTUFBTTtBQUMxQyxVQUFRLGVBQVcsNEJBQWEsb0JBQUksS0FBSyxPQUFHLGdDQUFZLENBQUMsRUFBRSxTQUFTLEtBQUssQ0FBQztBQUMxRSxRQUFNLFdBQU8sMEJBQVcsV0FBVyxTQUFTLE1BQU0sU0FBUyxTQUFTLFNBQVMsUUFBUTtBQUNyRixRQUFNLFNBQUssMEJBQVcsV0FBVyxpQkFBSyxTQUFTLFNBQVMsU0FBUyxRQUFRLFFBQVE7QUFDakYsVUFBUSxRQUFRLENBQUM7QUFDakIsYUFBVyxRQUFRLFNBQVMsT0FBTztBQUNqQyxVQUFNLFVBQVUsTUFBTSxRQUFRLFVBQVUsT0FBTyxLQUFLLElBQUk7QUFDeEQsUUFBSSxRQUFRO0FBQ1osVUFBTSxXQUFXLElBQUksK0JBQVk7QUFDakMsWUFBUSxHQUFHLFFBQVEsQ0FBQyxVQUFrQixRQUFRLFNBQVUsU0FBUyxNQUFNLFFBQVMsS0FBSyxLQUFLLENBQUM7QUFDM0YsVUFBTSxjQUFVLDBCQUFTLFNBQVMsUUFBUTtBQUMxQyxZQUFRLE1BQU0sTUFBTSxNQUFTO0FBQzdCLFVBQU0sUUFBUSxNQUFNO0FBQ3BCLFVBQU0sU0FBUyxNQUFNLFVBQVUsT0FBTyxFQUFFLFVBQVUsS0FBSyxLQUFLLE1BQU0sUUFBUTtBQUMxRSxVQUFNO0FBQ04sUUFBSSxPQUFPLFdBQVcsS0FBSyxRQUFRO0FBQ2pDLFlBQU0sSUFBSTtBQUFBLFFBQ1IsR0FBRyxJQUFJLEdBQUcsS0FBSyxJQUFJLE9BQU8sUUFBUSxXQUFXO0FBQUEsTUFDL0M7QUFBQSxJQUNGO0FBQ0EsWUFBUSxNQUFNLEtBQUssSUFBSTtBQUFBLEVBQ3pCO0FBQ0Y7QUFHQSxlQUFlLFdBQVcsU0FBd0M7QUFDaEUsUUFBTSxFQUFFLFNBQVMsVUFBVSxJQUFJLE9BQU8sUUFBUSxRQUFRO0FBQ3RELFFBQU0sRUFBRSxRQUFRLElBQUksT0FBTyxRQUFRLE1BQU0sRUFBRTtBQUMzQyxRQUFNLFVBQVUsVUFBVSxPQUFPO0FBQ2pDLFFBQU0sU0FBUyxNQUFNLFFBQVEsWUFBUSwyQkFBVyxXQUFXLE9BQU8sQ0FBQztBQUNuRSxNQUFJLFdBQVcsT0FBVyxPQUFNLElBQUksc0JBQVEsT0FBRywyQkFBVyxXQUFXLE9BQU8sQ0FBQyxrQkFBa0IsUUFBUSxXQUFXLEVBQUU7QUFDcEgsUUFBTSxRQUFRLFlBQVEsMkJBQVcsV0FBVyxPQUFPLEdBQUcsTUFBTTtBQUM1RCxRQUFNLEVBQUUsT0FBTyxJQUFJLFVBQU0sK0JBQWM7QUFDdkMsUUFBTSxRQUFRLFlBQVEseUJBQVUsV0FBVyxZQUFZLEdBQUcsTUFBTSxxQkFBcUIsT0FBRyw4QkFBYSxDQUFDO0FBQ3hHO0FBRUEsZUFBZSxTQUFTLFNBQXlCLFNBQXFDO0FBQ3BGLFFBQU0sRUFBRSxVQUFVLElBQUksT0FBTyxRQUFRLFFBQVE7QUFDN0MsUUFBTSxFQUFFLFFBQVEsSUFBSSxPQUFPLFFBQVEsTUFBTSxFQUFFO0FBQzNDLFFBQU0sVUFBVSxVQUFVLE9BQU87QUFDakMsYUFBVyxRQUFRLE9BQU8sUUFBUSxLQUFLLEdBQUc7QUFDeEMsVUFBTSxVQUFNLDBCQUFXLFdBQVcsaUJBQUssU0FBUyxTQUFTLE9BQU8sUUFBUSxRQUFRLENBQUMsSUFBSSxLQUFLO0FBQzFGLFVBQU0sV0FBTyxnQ0FBVyxRQUFRO0FBQ2hDLFFBQUksUUFBUTtBQUNaLFVBQU0sVUFBVSxNQUFNLFFBQVEsVUFBVSxHQUFHO0FBQzNDLFlBQVEsR0FBRyxRQUFRLENBQUMsVUFBa0IsUUFBUSxTQUFVLFNBQVMsTUFBTSxRQUFTLEtBQUssS0FBSyxDQUFDO0FBQzNGLGNBQU0sMEJBQVMsU0FBUyxJQUFJO0FBQzVCLFFBQUksS0FBSyxPQUFPLEtBQUssTUFBTSxLQUFLLE9BQVEsT0FBTSxJQUFJLHNCQUFRLEdBQUcsR0FBRyx1Q0FBdUM7QUFBQSxFQUN6RztBQUNGO0FBRUEsZUFBZSxjQUFjLFNBQXdDO0FBQ25FLFFBQU0sT0FBTyxRQUFRLEtBQUssRUFBRSxVQUFVO0FBQ3RDLFFBQU0sRUFBRSxVQUFVLElBQUksT0FBTyxRQUFRLFFBQVE7QUFDN0MsUUFBTSxTQUFTLE9BQU8sUUFBUSxNQUFNO0FBQ3BDLFFBQU0sV0FBVyxPQUFPLFFBQVEsUUFBUTtBQUV4QyxVQUFRLFdBQVc7QUFBQSxJQUNqQixHQUFHLE9BQU87QUFBQSxJQUNWO0FBQUEsSUFDQSxNQUFNLGlCQUFLO0FBQUEsSUFDWCxRQUFRLEVBQUUsTUFBTSxPQUFPLFNBQVMsTUFBTSxVQUFVLE9BQU8sU0FBUyxVQUFVLGdCQUFnQixPQUFPLGVBQWU7QUFBQSxJQUNoSCxPQUFPLFVBQU0sK0JBQWM7QUFBQSxJQUMzQixXQUFXO0FBQUEsRUFDYjtBQUNBLFFBQU0sVUFBTSwyQkFBWSxXQUFXLGlCQUFLLFNBQVMsT0FBTyxTQUFTLFNBQVMsUUFBUTtBQUNsRixRQUFNLFVBQVUsT0FBTyxFQUFFLFFBQVEsU0FBSyxtQ0FBa0IsUUFBUSxRQUFRLENBQUM7QUFDM0U7IiwKICAibmFtZXMiOiBbImltcG9ydF9jYXRhbG9nIiwgImltcG9ydF9ub2RlX2NyeXB0byIsICJjb3B5Il0KfQo=
