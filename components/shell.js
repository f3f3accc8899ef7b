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
var shell_exports = {};
__export(shell_exports, {
  commandLine: () => commandLine,
  shellQuote: () => shellQuote
});
module.exports = __toCommonJS(shell_exports);
function shellQuote(word) {
  return /^[A-Za-z0-9_/.:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
function commandLine(words) {
  return words.map(shellQuote).join(" ");
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  commandLine,
  shellQuote
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsic2hlbGwudHMiXSwKICAibWFwcGluZ3MiOiAiOzs7Ozs7Ozs7Ozs7Ozs7OztBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUNPLFNBQVMsV0FBVyxNQUFzQjtBQUMvQyxTQUFPLDBCQUEwQixLQUFLLElBQUksSUFBSSxPQUFPLElBQUksS0FBSyxXQUFXLEtBQUssT0FBTyxDQUFDO0FBQ3hGO0FBR08sU0FBUyxZQUFZLE9BQWtDO0FBQzVELFNBQU8sTUFBTSxJQUFJLFVBQVUsRUFBRSxLQUFLLEdBQUc7QUFDdkM7IiwKICAibmFtZXMiOiBbXQp9Cg==
