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
var progress_exports = {};
__export(progress_exports, {
  Steps: () => Steps
});
module.exports = __toCommonJS(progress_exports);
class Steps {
  constructor(say) {
    this.say = say;
  }
  say;
  /** A single remark. */
  note(line) {
    this.say(line);
  }
  /** Runs a step; every `everySeconds` it tells the elapsed time and what `detail` says. */
  async step(name, work, everySeconds = 10) {
    const start = Date.now();
    const elapsed = () => `${Math.round((Date.now() - start) / 1e3)} s`;
    let detail = "";
    this.say(`${name} \u2026`);
    const timer = setInterval(
      () => this.say(`${name}: ${elapsed()}${detail === "" ? "" : `, ${detail}`}`),
      everySeconds * 1e3
    );
    try {
      const result = await work((text) => detail = text);
      this.say(`${name}: done in ${elapsed()}`);
      return result;
    } finally {
      clearInterval(timer);
    }
  }
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  Steps
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsicHJvZ3Jlc3MudHMiXSwKICAibWFwcGluZ3MiOiAiOzs7Ozs7Ozs7Ozs7Ozs7OztBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFDTyxNQUFNLE1BQU07QUFBQSxFQUNqQixZQUE2QixLQUE2QjtBQUE3QjtBQUFBLEVBQThCO0FBQUEsRUFBOUI7QUFBQTtBQUFBLEVBRzdCLEtBQUssTUFBb0I7QUFDdkIsU0FBSyxJQUFJLElBQUk7QUFBQSxFQUNmO0FBQUE7QUFBQSxFQUdBLE1BQU0sS0FBUSxNQUFjLE1BQXNELGVBQWUsSUFBZ0I7QUFDL0csVUFBTSxRQUFRLEtBQUssSUFBSTtBQUN2QixVQUFNLFVBQVUsTUFBTSxHQUFHLEtBQUssT0FBTyxLQUFLLElBQUksSUFBSSxTQUFTLEdBQUksQ0FBQztBQUNoRSxRQUFJLFNBQVM7QUFDYixTQUFLLElBQUksR0FBRyxJQUFJLFNBQUk7QUFDcEIsVUFBTSxRQUFRO0FBQUEsTUFDWixNQUFNLEtBQUssSUFBSSxHQUFHLElBQUksS0FBSyxRQUFRLENBQUMsR0FBRyxXQUFXLEtBQUssS0FBSyxLQUFLLE1BQU0sRUFBRSxFQUFFO0FBQUEsTUFDM0UsZUFBZTtBQUFBLElBQ2pCO0FBQ0EsUUFBSTtBQUNGLFlBQU0sU0FBUyxNQUFNLEtBQUssQ0FBQyxTQUFVLFNBQVMsSUFBSztBQUNuRCxXQUFLLElBQUksR0FBRyxJQUFJLGFBQWEsUUFBUSxDQUFDLEVBQUU7QUFDeEMsYUFBTztBQUFBLElBQ1QsVUFBRTtBQUNBLG9CQUFjLEtBQUs7QUFBQSxJQUNyQjtBQUFBLEVBQ0Y7QUFDRjsiLAogICJuYW1lcyI6IFtdCn0K
