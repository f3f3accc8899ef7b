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
var units_exports = {};
__export(units_exports, {
  formatBytes: () => formatBytes,
  formatCount: () => formatCount,
  formatSeconds: () => formatSeconds
});
module.exports = __toCommonJS(units_exports);
const byteUnits = ["B", "KiB", "MiB", "GiB", "TiB"];
function formatBytes(bytes) {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < byteUnits.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return unit === 0 ? `${value} B` : `${value.toFixed(1)} ${byteUnits[unit]}`;
}
function formatSeconds(seconds) {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return join(seconds, 60, "min", "s");
  if (seconds < 172800) return join(seconds / 60, 60, "h", "min");
  return join(seconds / 3600, 24, "d", "h");
}
function join(amount, per, large, small) {
  const whole = Math.round(amount);
  const rest = whole % per;
  return rest === 0 ? `${Math.floor(whole / per)} ${large}` : `${Math.floor(whole / per)} ${large} ${rest} ${small}`;
}
function formatCount(count) {
  return count.toLocaleString("en-US");
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  formatBytes,
  formatCount,
  formatSeconds
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsidW5pdHMudHMiXSwKICAibWFwcGluZ3MiOiAiOzs7Ozs7Ozs7Ozs7Ozs7OztBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUEsTUFBTSxZQUFZLENBQUMsS0FBSyxPQUFPLE9BQU8sT0FBTyxLQUFLO0FBRzNDLFNBQVMsWUFBWSxPQUF1QjtBQUNqRCxNQUFJLFFBQVE7QUFDWixNQUFJLE9BQU87QUFDWCxTQUFPLFNBQVMsUUFBUSxPQUFPLFVBQVUsU0FBUyxHQUFHO0FBQ25ELGFBQVM7QUFDVCxZQUFRO0FBQUEsRUFDVjtBQUNBLFNBQU8sU0FBUyxJQUFJLEdBQUcsS0FBSyxPQUFPLEdBQUcsTUFBTSxRQUFRLENBQUMsQ0FBQyxJQUFJLFVBQVUsSUFBSSxDQUFDO0FBQzNFO0FBR08sU0FBUyxjQUFjLFNBQXlCO0FBQ3JELE1BQUksVUFBVSxHQUFJLFFBQU8sR0FBRyxRQUFRLFFBQVEsQ0FBQyxDQUFDO0FBQzlDLE1BQUksVUFBVSxJQUFLLFFBQU8sR0FBRyxLQUFLLE1BQU0sT0FBTyxDQUFDO0FBQ2hELE1BQUksVUFBVSxLQUFNLFFBQU8sS0FBSyxTQUFTLElBQUksT0FBTyxHQUFHO0FBQ3ZELE1BQUksVUFBVSxPQUFTLFFBQU8sS0FBSyxVQUFVLElBQUksSUFBSSxLQUFLLEtBQUs7QUFDL0QsU0FBTyxLQUFLLFVBQVUsTUFBTSxJQUFJLEtBQUssR0FBRztBQUMxQztBQUVBLFNBQVMsS0FBSyxRQUFnQixLQUFhLE9BQWUsT0FBdUI7QUFDL0UsUUFBTSxRQUFRLEtBQUssTUFBTSxNQUFNO0FBQy9CLFFBQU0sT0FBTyxRQUFRO0FBQ3JCLFNBQU8sU0FBUyxJQUFJLEdBQUcsS0FBSyxNQUFNLFFBQVEsR0FBRyxDQUFDLElBQUksS0FBSyxLQUFLLEdBQUcsS0FBSyxNQUFNLFFBQVEsR0FBRyxDQUFDLElBQUksS0FBSyxJQUFJLElBQUksSUFBSSxLQUFLO0FBQ2xIO0FBR08sU0FBUyxZQUFZLE9BQXVCO0FBQ2pELFNBQU8sTUFBTSxlQUFlLE9BQU87QUFDckM7IiwKICAibmFtZXMiOiBbXQp9Cg==
