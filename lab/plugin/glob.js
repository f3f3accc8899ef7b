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
var glob_exports = {};
__export(glob_exports, {
  globToRegExp: () => globToRegExp
});
module.exports = __toCommonJS(glob_exports);
function globToRegExp(pattern) {
  let source = "";
  let braces = 0;
  for (let i = 0; i < pattern.length; i += 1) {
    const rest = pattern.slice(i);
    const set = /^\[(!?)([^\]]+)\]/.exec(rest);
    if (rest.startsWith("**")) {
      source += ".*";
      i += 1;
    } else if (set) {
      source += `[${set[1] ? "^" : ""}${(set[2] ?? "").replaceAll("\\", "\\\\")}]`;
      i += set[0].length - 1;
    } else {
      const char = pattern.charAt(i);
      braces += char === "{" ? 1 : char === "}" ? -1 : 0;
      source += single(char, braces > 0);
    }
  }
  if (braces !== 0) throw new Error(`the pattern ${JSON.stringify(pattern)} has an unbalanced brace`);
  return new RegExp(`^${source}$`, "s");
}
function single(char, inBraces) {
  if (char === "*") return "[^/]*";
  if (char === "?") return "[^/]";
  if (char === "{") return "(?:";
  if (char === "}") return ")";
  if (char === "," && inBraces) return "|";
  return char.replace(/[\\^$.+|()[\]]/, "\\$&");
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  globToRegExp
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiZ2xvYi50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7O0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUlPLFNBQVMsYUFBYSxTQUF5QjtBQUNwRCxNQUFJLFNBQVM7QUFDYixNQUFJLFNBQVM7QUFDYixXQUFTLElBQUksR0FBRyxJQUFJLFFBQVEsUUFBUSxLQUFLLEdBQUc7QUFDMUMsVUFBTSxPQUFPLFFBQVEsTUFBTSxDQUFDO0FBQzVCLFVBQU0sTUFBTSxvQkFBb0IsS0FBSyxJQUFJO0FBQ3pDLFFBQUksS0FBSyxXQUFXLElBQUksR0FBRztBQUN6QixnQkFBVTtBQUNWLFdBQUs7QUFBQSxJQUNQLFdBQVcsS0FBSztBQUNkLGdCQUFVLElBQUksSUFBSSxDQUFDLElBQUksTUFBTSxFQUFFLElBQUksSUFBSSxDQUFDLEtBQUssSUFBSSxXQUFXLE1BQU0sTUFBTSxDQUFDO0FBQ3pFLFdBQUssSUFBSSxDQUFDLEVBQUUsU0FBUztBQUFBLElBQ3ZCLE9BQU87QUFDTCxZQUFNLE9BQU8sUUFBUSxPQUFPLENBQUM7QUFDN0IsZ0JBQVUsU0FBUyxNQUFNLElBQUksU0FBUyxNQUFNLEtBQUs7QUFDakQsZ0JBQVUsT0FBTyxNQUFNLFNBQVMsQ0FBQztBQUFBLElBQ25DO0FBQUEsRUFDRjtBQUNBLE1BQUksV0FBVyxFQUFHLE9BQU0sSUFBSSxNQUFNLGVBQWUsS0FBSyxVQUFVLE9BQU8sQ0FBQywwQkFBMEI7QUFDbEcsU0FBTyxJQUFJLE9BQU8sSUFBSSxNQUFNLEtBQUssR0FBRztBQUN0QztBQUVBLFNBQVMsT0FBTyxNQUFjLFVBQTJCO0FBQ3ZELE1BQUksU0FBUyxJQUFLLFFBQU87QUFDekIsTUFBSSxTQUFTLElBQUssUUFBTztBQUN6QixNQUFJLFNBQVMsSUFBSyxRQUFPO0FBQ3pCLE1BQUksU0FBUyxJQUFLLFFBQU87QUFDekIsTUFBSSxTQUFTLE9BQU8sU0FBVSxRQUFPO0FBQ3JDLFNBQU8sS0FBSyxRQUFRLGtCQUFrQixNQUFNO0FBQzlDOyIsCiAgIm5hbWVzIjogW10KfQo=
