var __create = Object.create;
var __defProp = Object.defineProperty;
var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __getProtoOf = Object.getPrototypeOf;
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
var __toESM = (mod, isNodeMode, target) => (target = mod != null ? __create(__getProtoOf(mod)) : {}, __copyProps(
  // If the importer is in node compatibility mode or this is not an ESM
  // file that has been converted to a CommonJS file using a Babel-
  // compatible transform (i.e. "__esModule" has not been set), then set
  // "default" to the CommonJS "module.exports" for node compatibility.
  isNodeMode || !mod || !mod.__esModule ? __defProp(target, "default", { value: mod, enumerable: true }) : target,
  mod
));
var __toCommonJS = (mod) => __copyProps(__defProp({}, "__esModule", { value: true }), mod);
var parse_exports = {};
__export(parse_exports, {
  isoTime: () => isoTime,
  parseAs: () => parseAs,
  parseJsonAs: () => parseJsonAs,
  sha256Hex: () => sha256Hex,
  wholeNumber: () => wholeNumber
});
module.exports = __toCommonJS(parse_exports);
var v = __toESM(require("valibot"));
var import_mistakes = require("./mistakes");
function parseAs(schema, value, subject) {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw new import_mistakes.InputError(subject, result.issues.map(asMistake));
}
function asMistake(issue) {
  return {
    path: v.getDotPath(issue) ?? "(the whole)",
    problem: `must be ${issue.expected ?? issue.type}`,
    received: issue.input,
    remedy: "See docs/format.md."
  };
}
function parseJsonAs(schema, text, subject) {
  let value;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = error.message;
    const received = text.slice(0, 60);
    throw new import_mistakes.InputError(subject, [{ path: "(the whole)", problem: `is not JSON: ${reason}`, received, remedy: "" }]);
  }
  return parseAs(schema, value, subject);
}
const wholeNumber = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const sha256Hex = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "64 hex digits"));
const isoTime = v.pipe(v.string(), v.isoTimestamp());
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  isoTime,
  parseAs,
  parseJsonAs,
  sha256Hex,
  wholeNumber
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsicGFyc2UudHMiXSwKICAibWFwcGluZ3MiOiAiOzs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQSxRQUFtQjtBQUNuQixzQkFBeUM7QUFNbEMsU0FBUyxRQUFXLFFBQXFDLE9BQWdCLFNBQW9CO0FBQ2xHLFFBQU0sU0FBUyxFQUFFLFVBQVUsUUFBUSxLQUFLO0FBQ3hDLE1BQUksT0FBTyxRQUFTLFFBQU8sT0FBTztBQUNsQyxRQUFNLElBQUksMkJBQVcsU0FBUyxPQUFPLE9BQU8sSUFBSSxTQUFTLENBQUM7QUFDNUQ7QUFFQSxTQUFTLFVBQVUsT0FBc0M7QUFDdkQsU0FBTztBQUFBLElBQ0wsTUFBTSxFQUFFLFdBQVcsS0FBSyxLQUFLO0FBQUEsSUFDN0IsU0FBUyxXQUFXLE1BQU0sWUFBWSxNQUFNLElBQUk7QUFBQSxJQUNoRCxVQUFVLE1BQU07QUFBQSxJQUNoQixRQUFRO0FBQUEsRUFDVjtBQUNGO0FBR08sU0FBUyxZQUFlLFFBQXFDLE1BQWMsU0FBb0I7QUFDcEcsTUFBSTtBQUNKLE1BQUk7QUFDRixZQUFRLEtBQUssTUFBTSxJQUFJO0FBQUEsRUFDekIsU0FBUyxPQUFPO0FBQ2QsVUFBTSxTQUFVLE1BQWdCO0FBQ2hDLFVBQU0sV0FBVyxLQUFLLE1BQU0sR0FBRyxFQUFFO0FBQ2pDLFVBQU0sSUFBSSwyQkFBVyxTQUFTLENBQUMsRUFBRSxNQUFNLGVBQWUsU0FBUyxnQkFBZ0IsTUFBTSxJQUFJLFVBQVUsUUFBUSxHQUFHLENBQUMsQ0FBQztBQUFBLEVBQ2xIO0FBQ0EsU0FBTyxRQUFRLFFBQVEsT0FBTyxPQUFPO0FBQ3ZDO0FBR08sTUFBTSxjQUFjLEVBQUUsS0FBSyxFQUFFLE9BQU8sR0FBRyxFQUFFLFlBQVksR0FBRyxFQUFFLFNBQVMsQ0FBQyxDQUFDO0FBR3JFLE1BQU0sWUFBWSxFQUFFLEtBQUssRUFBRSxPQUFPLEdBQUcsRUFBRSxNQUFNLGtCQUFrQixlQUFlLENBQUM7QUFHL0UsTUFBTSxVQUFVLEVBQUUsS0FBSyxFQUFFLE9BQU8sR0FBRyxFQUFFLGFBQWEsQ0FBQzsiLAogICJuYW1lcyI6IFtdCn0K
