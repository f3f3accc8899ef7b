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
var archive_exports = {};
__export(archive_exports, {
  Conflict: () => Conflict
});
module.exports = __toCommonJS(archive_exports);
class Conflict extends Error {
  constructor(key, place) {
    super(`${place} holds other content under ${key}; it stays as it is`);
    this.key = key;
    this.place = place;
  }
  key;
  place;
  name = "Conflict";
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  Conflict
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiYXJjaGl2ZS50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7O0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQWtETyxNQUFNLGlCQUFpQixNQUFNO0FBQUEsRUFFbEMsWUFDVyxLQUNBLE9BQ1Q7QUFDQSxVQUFNLEdBQUcsS0FBSyw4QkFBOEIsR0FBRyxxQkFBcUI7QUFIM0Q7QUFDQTtBQUFBLEVBR1g7QUFBQSxFQUpXO0FBQUEsRUFDQTtBQUFBLEVBSE8sT0FBTztBQU8zQjsiLAogICJuYW1lcyI6IFtdCn0K
