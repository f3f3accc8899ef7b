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
var manifest_exports = {};
__export(manifest_exports, {
  manifestFormat: () => manifestFormat,
  manifestSchema: () => manifestSchema,
  parseManifest: () => parseManifest,
  serializeManifest: () => serializeManifest,
  signedText: () => signedText,
  storedBytes: () => storedBytes
});
module.exports = __toCommonJS(manifest_exports);
var v = __toESM(require("valibot"));
var import_canonical = require("./canonical");
var import_parse = require("./parse");
var import_tier = require("./tier");
const manifestFormat = "neumann-backup/1";
const part = { name: v.string(), bytes: import_parse.wholeNumber, sha256: import_parse.sha256Hex };
const tierSchema = v.picklist(import_tier.tiers);
const manifestSchema = v.object({
  format: v.literal(manifestFormat),
  backupId: v.string(),
  tier: tierSchema,
  clusterId: v.string(),
  lineage: v.string(),
  databaseClusterId: v.string(),
  createdAt: import_parse.isoTime,
  node: v.object({ id: v.string(), term: import_parse.wholeNumber }),
  index: v.object({ low: import_parse.wholeNumber, high: import_parse.wholeNumber }),
  pause: v.nullable(v.object({ from: import_parse.isoTime, until: import_parse.isoTime, seconds: v.number() })),
  totalEntries: v.nullable(import_parse.wholeNumber),
  plainBytes: import_parse.wholeNumber,
  parts: v.array(v.object(part)),
  files: v.array(v.object({ path: v.string(), bytes: import_parse.wholeNumber, sha256: import_parse.sha256Hex })),
  wal: v.object({
    stream: v.nullable(v.string()),
    anchors: v.array(v.object({ stream: v.string(), segment: v.string() })),
    segments: v.array(v.object({ ...part, stream: v.string() }))
  }),
  source: v.nullable(v.object({ tier: tierSchema, backupId: v.string(), manifestSha256: import_parse.sha256Hex })),
  agent: v.object({ version: v.string(), sha256: v.string() }),
  signature: v.optional(v.object({ keyId: v.string(), value: v.string() }))
});
function parseManifest(text, subject) {
  return (0, import_parse.parseJsonAs)(manifestSchema, text, subject);
}
function serializeManifest(manifest) {
  return `${JSON.stringify(manifest, null, 2)}
`;
}
function signedText(manifest) {
  return (0, import_canonical.canonicalJson)({ ...manifest, signature: void 0 });
}
function storedBytes(manifest) {
  const objects = [...manifest.parts, ...manifest.wal.segments];
  return objects.reduce((sum, object) => sum + object.bytes, 0);
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  manifestFormat,
  manifestSchema,
  parseManifest,
  serializeManifest,
  signedText,
  storedBytes
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsibWFuaWZlc3QudHMiXSwKICAibWFwcGluZ3MiOiAiOzs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBLFFBQW1CO0FBQ25CLHVCQUF5QztBQUN6QyxtQkFBNkQ7QUFDN0Qsa0JBQWlDO0FBRTFCLE1BQU0saUJBQWlCO0FBc0U5QixNQUFNLE9BQU8sRUFBRSxNQUFNLEVBQUUsT0FBTyxHQUFHLE9BQU8sMEJBQWEsUUFBUSx1QkFBVTtBQUN2RSxNQUFNLGFBQWEsRUFBRSxTQUFTLGlCQUFLO0FBRTVCLE1BQU0saUJBQXFELEVBQUUsT0FBTztBQUFBLEVBQ3pFLFFBQVEsRUFBRSxRQUFRLGNBQWM7QUFBQSxFQUNoQyxVQUFVLEVBQUUsT0FBTztBQUFBLEVBQ25CLE1BQU07QUFBQSxFQUNOLFdBQVcsRUFBRSxPQUFPO0FBQUEsRUFDcEIsU0FBUyxFQUFFLE9BQU87QUFBQSxFQUNsQixtQkFBbUIsRUFBRSxPQUFPO0FBQUEsRUFDNUIsV0FBVztBQUFBLEVBQ1gsTUFBTSxFQUFFLE9BQU8sRUFBRSxJQUFJLEVBQUUsT0FBTyxHQUFHLE1BQU0seUJBQVksQ0FBQztBQUFBLEVBQ3BELE9BQU8sRUFBRSxPQUFPLEVBQUUsS0FBSywwQkFBYSxNQUFNLHlCQUFZLENBQUM7QUFBQSxFQUN2RCxPQUFPLEVBQUUsU0FBUyxFQUFFLE9BQU8sRUFBRSxNQUFNLHNCQUFTLE9BQU8sc0JBQVMsU0FBUyxFQUFFLE9BQU8sRUFBRSxDQUFDLENBQUM7QUFBQSxFQUNsRixjQUFjLEVBQUUsU0FBUyx3QkFBVztBQUFBLEVBQ3BDLFlBQVk7QUFBQSxFQUNaLE9BQU8sRUFBRSxNQUFNLEVBQUUsT0FBTyxJQUFJLENBQUM7QUFBQSxFQUM3QixPQUFPLEVBQUUsTUFBTSxFQUFFLE9BQU8sRUFBRSxNQUFNLEVBQUUsT0FBTyxHQUFHLE9BQU8sMEJBQWEsUUFBUSx1QkFBVSxDQUFDLENBQUM7QUFBQSxFQUNwRixLQUFLLEVBQUUsT0FBTztBQUFBLElBQ1osUUFBUSxFQUFFLFNBQVMsRUFBRSxPQUFPLENBQUM7QUFBQSxJQUM3QixTQUFTLEVBQUUsTUFBTSxFQUFFLE9BQU8sRUFBRSxRQUFRLEVBQUUsT0FBTyxHQUFHLFNBQVMsRUFBRSxPQUFPLEVBQUUsQ0FBQyxDQUFDO0FBQUEsSUFDdEUsVUFBVSxFQUFFLE1BQU0sRUFBRSxPQUFPLEVBQUUsR0FBRyxNQUFNLFFBQVEsRUFBRSxPQUFPLEVBQUUsQ0FBQyxDQUFDO0FBQUEsRUFDN0QsQ0FBQztBQUFBLEVBQ0QsUUFBUSxFQUFFLFNBQVMsRUFBRSxPQUFPLEVBQUUsTUFBTSxZQUFZLFVBQVUsRUFBRSxPQUFPLEdBQUcsZ0JBQWdCLHVCQUFVLENBQUMsQ0FBQztBQUFBLEVBQ2xHLE9BQU8sRUFBRSxPQUFPLEVBQUUsU0FBUyxFQUFFLE9BQU8sR0FBRyxRQUFRLEVBQUUsT0FBTyxFQUFFLENBQUM7QUFBQSxFQUMzRCxXQUFXLEVBQUUsU0FBUyxFQUFFLE9BQU8sRUFBRSxPQUFPLEVBQUUsT0FBTyxHQUFHLE9BQU8sRUFBRSxPQUFPLEVBQUUsQ0FBQyxDQUFDO0FBQzFFLENBQUM7QUFHTSxTQUFTLGNBQWMsTUFBYyxTQUEyQjtBQUNyRSxhQUFPLDBCQUFZLGdCQUFnQixNQUFNLE9BQU87QUFDbEQ7QUFHTyxTQUFTLGtCQUFrQixVQUE0QjtBQUM1RCxTQUFPLEdBQUcsS0FBSyxVQUFVLFVBQVUsTUFBTSxDQUFDLENBQUM7QUFBQTtBQUM3QztBQUdPLFNBQVMsV0FBVyxVQUE0QjtBQUNyRCxhQUFPLGdDQUFjLEVBQUUsR0FBRyxVQUFVLFdBQVcsT0FBVSxDQUFvQjtBQUMvRTtBQUdPLFNBQVMsWUFBWSxVQUE0QjtBQUN0RCxRQUFNLFVBQVUsQ0FBQyxHQUFHLFNBQVMsT0FBTyxHQUFHLFNBQVMsSUFBSSxRQUFRO0FBQzVELFNBQU8sUUFBUSxPQUFPLENBQUMsS0FBSyxXQUFXLE1BQU0sT0FBTyxPQUFPLENBQUM7QUFDOUQ7IiwKICAibmFtZXMiOiBbXQp9Cg==
