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
var mistakes_exports = {};
__export(mistakes_exports, {
  InputError: () => InputError,
  Mistakes: () => Mistakes,
  show: () => show
});
module.exports = __toCommonJS(mistakes_exports);
class InputError extends Error {
  constructor(subject, mistakes) {
    super(`${subject}: ${mistakes.length === 1 ? "1 mistake" : `${mistakes.length} mistakes`}
${describe(mistakes)}`);
    this.mistakes = mistakes;
    this.name = "InputError";
  }
  mistakes;
}
function describe(mistakes) {
  return mistakes.map((m) => `  - ${m.path}: ${m.problem} (received ${show(m.received)}). ${m.remedy}`).join("\n");
}
function show(value) {
  if (value === void 0) return "nothing";
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 120 ? `${text.slice(0, 117)}\u2026` : text;
}
class Mistakes {
  found = [];
  add(path, problem, received, remedy) {
    this.found.push({ path, problem, received, remedy });
  }
  /** Adds a mistake unless `condition` holds; returns the condition. */
  require(condition, mistake) {
    if (!condition) this.found.push(mistake);
    return condition;
  }
  get all() {
    return this.found;
  }
  throwIfAny(subject) {
    if (this.found.length > 0) throw new InputError(subject, this.found);
  }
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  InputError,
  Mistakes,
  show
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsibWlzdGFrZXMudHMiXSwKICAibWFwcGluZ3MiOiAiOzs7Ozs7Ozs7Ozs7Ozs7OztBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBYU8sTUFBTSxtQkFBbUIsTUFBTTtBQUFBLEVBQ3BDLFlBQ0UsU0FDUyxVQUNUO0FBQ0EsVUFBTSxHQUFHLE9BQU8sS0FBSyxTQUFTLFdBQVcsSUFBSSxjQUFjLEdBQUcsU0FBUyxNQUFNLFdBQVc7QUFBQSxFQUFLLFNBQVMsUUFBUSxDQUFDLEVBQUU7QUFGeEc7QUFHVCxTQUFLLE9BQU87QUFBQSxFQUNkO0FBQUEsRUFKVztBQUtiO0FBRUEsU0FBUyxTQUFTLFVBQXNDO0FBQ3RELFNBQU8sU0FBUyxJQUFJLENBQUMsTUFBTSxPQUFPLEVBQUUsSUFBSSxLQUFLLEVBQUUsT0FBTyxjQUFjLEtBQUssRUFBRSxRQUFRLENBQUMsTUFBTSxFQUFFLE1BQU0sRUFBRSxFQUFFLEtBQUssSUFBSTtBQUNqSDtBQUdPLFNBQVMsS0FBSyxPQUF3QjtBQUMzQyxNQUFJLFVBQVUsT0FBVyxRQUFPO0FBQ2hDLFFBQU0sT0FBTyxLQUFLLFVBQVUsS0FBSyxLQUFLLE9BQU87QUFDN0MsU0FBTyxLQUFLLFNBQVMsTUFBTSxHQUFHLEtBQUssTUFBTSxHQUFHLEdBQUcsQ0FBQyxXQUFNO0FBQ3hEO0FBR08sTUFBTSxTQUFTO0FBQUEsRUFDSCxRQUFtQixDQUFDO0FBQUEsRUFFckMsSUFBSSxNQUFjLFNBQWlCLFVBQW1CLFFBQXNCO0FBQzFFLFNBQUssTUFBTSxLQUFLLEVBQUUsTUFBTSxTQUFTLFVBQVUsT0FBTyxDQUFDO0FBQUEsRUFDckQ7QUFBQTtBQUFBLEVBR0EsUUFBUSxXQUFvQixTQUEyQjtBQUNyRCxRQUFJLENBQUMsVUFBVyxNQUFLLE1BQU0sS0FBSyxPQUFPO0FBQ3ZDLFdBQU87QUFBQSxFQUNUO0FBQUEsRUFFQSxJQUFJLE1BQTBCO0FBQzVCLFdBQU8sS0FBSztBQUFBLEVBQ2Q7QUFBQSxFQUVBLFdBQVcsU0FBdUI7QUFDaEMsUUFBSSxLQUFLLE1BQU0sU0FBUyxFQUFHLE9BQU0sSUFBSSxXQUFXLFNBQVMsS0FBSyxLQUFLO0FBQUEsRUFDckU7QUFDRjsiLAogICJuYW1lcyI6IFtdCn0K
