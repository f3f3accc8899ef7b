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
var tier_exports = {};
__export(tier_exports, {
  Tier: () => Tier,
  isTier: () => isTier,
  tiers: () => tiers
});
module.exports = __toCommonJS(tier_exports);
const Tier = {
  /** Hot: the snapshot of the leader. */
  Snapshots: "snapshots",
  /** Cold: store, snapshot and configuration, copied under a short pause. */
  Full: "full",
  /** A full backup, complete in itself, in another place. */
  Offsite: "offsite"
};
const tiers = [Tier.Snapshots, Tier.Full, Tier.Offsite];
function isTier(value) {
  return tiers.some((tier) => tier === value);
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  Tier,
  isTier,
  tiers
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsidGllci50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7O0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFDTyxNQUFNLE9BQU87QUFBQTtBQUFBLEVBRWxCLFdBQVc7QUFBQTtBQUFBLEVBRVgsTUFBTTtBQUFBO0FBQUEsRUFFTixTQUFTO0FBQ1g7QUFHTyxNQUFNLFFBQXlCLENBQUMsS0FBSyxXQUFXLEtBQUssTUFBTSxLQUFLLE9BQU87QUFFdkUsU0FBUyxPQUFPLE9BQStCO0FBQ3BELFNBQU8sTUFBTSxLQUFLLENBQUMsU0FBUyxTQUFTLEtBQUs7QUFDNUM7IiwKICAibmFtZXMiOiBbXQp9Cg==
