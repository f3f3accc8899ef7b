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
var values_exports = {};
__export(values_exports, {
  archiveValue: () => archiveValue,
  assetKind: () => assetKind,
  assetValue: () => assetValue,
  isObject: () => isObject,
  isSecret: () => isSecret,
  isUnknown: () => isUnknown,
  plain: () => plain,
  reveal: () => reveal,
  same: () => same,
  secret: () => secret,
  unknown: () => unknown
});
module.exports = __toCommonJS(values_exports);
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const assetSignature = "c44067f5952c0a294b673a41bacd8c17";
const archiveSignature = "0def7320c3a5731c473e5ecbe6d01bc7";
const unknowns = [
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff"
];
const unknown = unknowns[0];
const unknownSet = new Set(unknowns);
function isUnknown(value) {
  return unknownSet.has(value);
}
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
function isSecret(value) {
  return isObject(value) && value[signatureKey] === secretSignature;
}
function secret(value) {
  return isSecret(value) ? value : { [signatureKey]: secretSignature, value };
}
function reveal(value) {
  return isSecret(value) ? reveal(value["value"] ?? null) : value;
}
function plain(value) {
  const inner = reveal(value);
  if (Array.isArray(inner)) return inner.map(plain);
  if (!isObject(inner)) return inner;
  return Object.fromEntries(Object.entries(inner).map(([key, entry]) => [key, plain(entry)]));
}
function assetValue(asset) {
  const { hash, path, text } = asset;
  return {
    [signatureKey]: assetSignature,
    hash,
    ...path !== void 0 && { path },
    ...text !== void 0 && { text }
  };
}
function archiveValue(assets) {
  return { [signatureKey]: archiveSignature, assets };
}
function assetKind(value) {
  if (!isObject(value)) return void 0;
  if (value[signatureKey] === assetSignature) return "asset";
  return value[signatureKey] === archiveSignature ? "archive" : void 0;
}
function same(a, b) {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((entry, i) => same(entry, b[i]));
  return isObject(a) && isObject(b) ? sameObjects(a, b) : a === b;
}
function sameObjects(a, b) {
  const kind = assetKind(a);
  if (kind !== void 0 && kind === assetKind(b) && a["hash"] && b["hash"]) return a["hash"] === b["hash"];
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && same(a[key], b[key]));
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  archiveValue,
  assetKind,
  assetValue,
  isObject,
  isSecret,
  isUnknown,
  plain,
  reveal,
  same,
  secret,
  unknown
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsidmFsdWVzLnRzIl0sCiAgIm1hcHBpbmdzIjogIjs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFNQSxNQUFNLGVBQWU7QUFDckIsTUFBTSxrQkFBa0I7QUFDeEIsTUFBTSxpQkFBaUI7QUFDdkIsTUFBTSxtQkFBbUI7QUFHekIsTUFBTSxXQUFXO0FBQUEsRUFDZjtBQUFBLEVBQ0E7QUFBQSxFQUNBO0FBQUEsRUFDQTtBQUFBLEVBQ0E7QUFBQSxFQUNBO0FBQUEsRUFDQTtBQUNGO0FBR08sTUFBTSxVQUFpQixTQUFTLENBQUM7QUFFeEMsTUFBTSxhQUFtQyxJQUFJLElBQUksUUFBUTtBQUdsRCxTQUFTLFVBQVUsT0FBbUM7QUFDM0QsU0FBTyxXQUFXLElBQUksS0FBSztBQUM3QjtBQUdPLFNBQVMsU0FBUyxPQUE2RDtBQUNwRixTQUFPLE9BQU8sVUFBVSxZQUFZLFVBQVUsUUFBUSxDQUFDLE1BQU0sUUFBUSxLQUFLO0FBQzVFO0FBR08sU0FBUyxTQUFTLE9BQTZEO0FBQ3BGLFNBQU8sU0FBUyxLQUFLLEtBQUssTUFBTSxZQUFZLE1BQU07QUFDcEQ7QUFHTyxTQUFTLE9BQU8sT0FBcUI7QUFDMUMsU0FBTyxTQUFTLEtBQUssSUFBSSxRQUFRLEVBQUUsQ0FBQyxZQUFZLEdBQUcsaUJBQWlCLE1BQU07QUFDNUU7QUFHTyxTQUFTLE9BQU8sT0FBcUI7QUFDMUMsU0FBTyxTQUFTLEtBQUssSUFBSSxPQUFPLE1BQU0sT0FBTyxLQUFLLElBQUksSUFBSTtBQUM1RDtBQUdPLFNBQVMsTUFBTSxPQUFxQjtBQUN6QyxRQUFNLFFBQVEsT0FBTyxLQUFLO0FBQzFCLE1BQUksTUFBTSxRQUFRLEtBQUssRUFBRyxRQUFPLE1BQU0sSUFBSSxLQUFLO0FBQ2hELE1BQUksQ0FBQyxTQUFTLEtBQUssRUFBRyxRQUFPO0FBQzdCLFNBQU8sT0FBTyxZQUFZLE9BQU8sUUFBUSxLQUFLLEVBQUUsSUFBSSxDQUFDLENBQUMsS0FBSyxLQUFLLE1BQU0sQ0FBQyxLQUFLLE1BQU0sS0FBSyxDQUFDLENBQUMsQ0FBQztBQUM1RjtBQVVPLFNBQVMsV0FBVyxPQUFxQjtBQUM5QyxRQUFNLEVBQUUsTUFBTSxNQUFNLEtBQUssSUFBSTtBQUM3QixTQUFPO0FBQUEsSUFDTCxDQUFDLFlBQVksR0FBRztBQUFBLElBQ2hCO0FBQUEsSUFDQSxHQUFJLFNBQVMsVUFBYSxFQUFFLEtBQUs7QUFBQSxJQUNqQyxHQUFJLFNBQVMsVUFBYSxFQUFFLEtBQUs7QUFBQSxFQUNuQztBQUNGO0FBR08sU0FBUyxhQUFhLFFBQTJCO0FBQ3RELFNBQU8sRUFBRSxDQUFDLFlBQVksR0FBRyxrQkFBa0IsT0FBTztBQUNwRDtBQUdPLFNBQVMsVUFBVSxPQUEyRDtBQUNuRixNQUFJLENBQUMsU0FBUyxLQUFLLEVBQUcsUUFBTztBQUM3QixNQUFJLE1BQU0sWUFBWSxNQUFNLGVBQWdCLFFBQU87QUFDbkQsU0FBTyxNQUFNLFlBQVksTUFBTSxtQkFBbUIsWUFBWTtBQUNoRTtBQUdPLFNBQVMsS0FBSyxHQUFzQixHQUErQjtBQUN4RSxNQUFJLE1BQU0sUUFBUSxDQUFDLEtBQUssTUFBTSxRQUFRLENBQUMsRUFBRyxRQUFPLEVBQUUsV0FBVyxFQUFFLFVBQVUsRUFBRSxNQUFNLENBQUMsT0FBTyxNQUFNLEtBQUssT0FBTyxFQUFFLENBQUMsQ0FBQyxDQUFDO0FBQ2pILFNBQU8sU0FBUyxDQUFDLEtBQUssU0FBUyxDQUFDLElBQUksWUFBWSxHQUFHLENBQUMsSUFBSSxNQUFNO0FBQ2hFO0FBRUEsU0FBUyxZQUFZLEdBQWUsR0FBd0I7QUFDMUQsUUFBTSxPQUFPLFVBQVUsQ0FBQztBQUN4QixNQUFJLFNBQVMsVUFBYSxTQUFTLFVBQVUsQ0FBQyxLQUFLLEVBQUUsTUFBTSxLQUFLLEVBQUUsTUFBTSxFQUFHLFFBQU8sRUFBRSxNQUFNLE1BQU0sRUFBRSxNQUFNO0FBQ3hHLFFBQU0sT0FBTyxPQUFPLEtBQUssQ0FBQztBQUMxQixTQUFPLEtBQUssV0FBVyxPQUFPLEtBQUssQ0FBQyxFQUFFLFVBQVUsS0FBSyxNQUFNLENBQUMsUUFBUSxPQUFPLEtBQUssS0FBSyxFQUFFLEdBQUcsR0FBRyxFQUFFLEdBQUcsQ0FBQyxDQUFDO0FBQ3RHOyIsCiAgIm5hbWVzIjogW10KfQo=
