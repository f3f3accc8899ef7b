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
var timeouts_exports = {};
__export(timeouts_exports, {
  dataMinutes: () => dataMinutes,
  healthMinutes: () => healthMinutes,
  settingsMinutes: () => settingsMinutes
});
module.exports = __toCommonJS(timeouts_exports);
const settingsMinutes = 10;
const healthMinutes = 30;
const dataMinutes = 24 * 60;
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  dataMinutes,
  healthMinutes,
  settingsMinutes
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsidGltZW91dHMudHMiXSwKICAibWFwcGluZ3MiOiAiOzs7Ozs7Ozs7Ozs7Ozs7OztBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQ08sTUFBTSxrQkFBa0I7QUFFeEIsTUFBTSxnQkFBZ0I7QUFFdEIsTUFBTSxjQUFjLEtBQUs7IiwKICAibmFtZXMiOiBbXQp9Cg==
