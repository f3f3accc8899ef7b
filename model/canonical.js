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
var canonical_exports = {};
__export(canonical_exports, {
  canonicalJson: () => canonicalJson
});
module.exports = __toCommonJS(canonical_exports);
function canonicalJson(value) {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const entries = Object.keys(value).sort().flatMap((key) => {
      const member = value[key];
      return member === void 0 ? [] : [`${JSON.stringify(key)}:${canonicalJson(member)}`];
    });
    return `{${entries.join(",")}}`;
  }
  if (typeof value === "number" && !Number.isFinite(value)) throw new TypeError(`not a JSON number: ${value}`);
  return JSON.stringify(value);
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  canonicalJson
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiY2Fub25pY2FsLnRzIl0sCiAgIm1hcHBpbmdzIjogIjs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBT08sU0FBUyxjQUFjLE9BQXFCO0FBQ2pELE1BQUksTUFBTSxRQUFRLEtBQUssRUFBRyxRQUFPLElBQUksTUFBTSxJQUFJLGFBQWEsRUFBRSxLQUFLLEdBQUcsQ0FBQztBQUN2RSxNQUFJLFVBQVUsUUFBUSxPQUFPLFVBQVUsVUFBVTtBQUMvQyxVQUFNLFVBQVUsT0FBTyxLQUFLLEtBQUssRUFDOUIsS0FBSyxFQUNMLFFBQVEsQ0FBQyxRQUFRO0FBQ2hCLFlBQU0sU0FBUyxNQUFNLEdBQUc7QUFDeEIsYUFBTyxXQUFXLFNBQVksQ0FBQyxJQUFJLENBQUMsR0FBRyxLQUFLLFVBQVUsR0FBRyxDQUFDLElBQUksY0FBYyxNQUFNLENBQUMsRUFBRTtBQUFBLElBQ3ZGLENBQUM7QUFDSCxXQUFPLElBQUksUUFBUSxLQUFLLEdBQUcsQ0FBQztBQUFBLEVBQzlCO0FBQ0EsTUFBSSxPQUFPLFVBQVUsWUFBWSxDQUFDLE9BQU8sU0FBUyxLQUFLLEVBQUcsT0FBTSxJQUFJLFVBQVUsc0JBQXNCLEtBQUssRUFBRTtBQUMzRyxTQUFPLEtBQUssVUFBVSxLQUFLO0FBQzdCOyIsCiAgIm5hbWVzIjogW10KfQo=
