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
var diff_exports = {};
__export(diff_exports, {
  differences: () => differences,
  head: () => head
});
module.exports = __toCommonJS(diff_exports);
var import_values = require("./values");
function differences(olds, news) {
  const found = /* @__PURE__ */ new Map();
  compareObjects("", olds, news, found);
  return found;
}
function compareObjects(prefix, olds, news, found) {
  for (const key of /* @__PURE__ */ new Set([...Object.keys(olds), ...Object.keys(news)])) {
    compare(memberPath(prefix, key), olds[key], news[key], found);
  }
}
function compareArrays(prefix, olds, news, found) {
  for (let i = 0; i < Math.max(olds.length, news.length); i += 1) compare(`${prefix}[${i}]`, olds[i], news[i], found);
}
function compare(path, old, now, found) {
  if ((0, import_values.same)(old, now)) return;
  const [before, after] = [old ?? void 0, now ?? void 0];
  if (before === void 0 || after === void 0) {
    if (before !== after) found.set(path, before === void 0 ? "add" : "delete");
  } else if ((0, import_values.isSecret)(before) && (0, import_values.isSecret)(after)) {
    compare(path, (0, import_values.reveal)(before), (0, import_values.reveal)(after), found);
  } else if (Array.isArray(before) && Array.isArray(after)) {
    compareArrays(path, before, after, found);
  } else if (isPlainObject(before) && isPlainObject(after)) {
    compareObjects(path, before, after, found);
  } else {
    found.set(path, "update");
  }
}
function isPlainObject(value) {
  return (0, import_values.isObject)(value) && !(0, import_values.isSecret)(value) && (0, import_values.assetKind)(value) === void 0;
}
function memberPath(prefix, key) {
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${prefix}[${JSON.stringify(key)}]`;
  return prefix === "" ? key : `${prefix}.${key}`;
}
function head(path) {
  return /^[\w$]+/.exec(path)?.[0] ?? path;
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  differences,
  head
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiZGlmZi50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7O0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUEsb0JBQXlGO0FBUWxGLFNBQVMsWUFBWSxNQUFrQixNQUErQjtBQUMzRSxRQUFNLFFBQXFCLG9CQUFJLElBQUk7QUFDbkMsaUJBQWUsSUFBSSxNQUFNLE1BQU0sS0FBSztBQUNwQyxTQUFPO0FBQ1Q7QUFFQSxTQUFTLGVBQWUsUUFBZ0IsTUFBa0IsTUFBa0IsT0FBMEI7QUFDcEcsYUFBVyxPQUFPLG9CQUFJLElBQUksQ0FBQyxHQUFHLE9BQU8sS0FBSyxJQUFJLEdBQUcsR0FBRyxPQUFPLEtBQUssSUFBSSxDQUFDLENBQUMsR0FBRztBQUN2RSxZQUFRLFdBQVcsUUFBUSxHQUFHLEdBQUcsS0FBSyxHQUFHLEdBQUcsS0FBSyxHQUFHLEdBQUcsS0FBSztBQUFBLEVBQzlEO0FBQ0Y7QUFFQSxTQUFTLGNBQWMsUUFBZ0IsTUFBd0IsTUFBd0IsT0FBMEI7QUFDL0csV0FBUyxJQUFJLEdBQUcsSUFBSSxLQUFLLElBQUksS0FBSyxRQUFRLEtBQUssTUFBTSxHQUFHLEtBQUssRUFBRyxTQUFRLEdBQUcsTUFBTSxJQUFJLENBQUMsS0FBSyxLQUFLLENBQUMsR0FBRyxLQUFLLENBQUMsR0FBRyxLQUFLO0FBQ3BIO0FBRUEsU0FBUyxRQUFRLE1BQWMsS0FBd0IsS0FBd0IsT0FBMEI7QUFDdkcsVUFBSSxvQkFBSyxLQUFLLEdBQUcsRUFBRztBQUNwQixRQUFNLENBQUMsUUFBUSxLQUFLLElBQUksQ0FBQyxPQUFPLFFBQVcsT0FBTyxNQUFTO0FBQzNELE1BQUksV0FBVyxVQUFhLFVBQVUsUUFBVztBQUMvQyxRQUFJLFdBQVcsTUFBTyxPQUFNLElBQUksTUFBTSxXQUFXLFNBQVksUUFBUSxRQUFRO0FBQUEsRUFDL0UsZUFBVyx3QkFBUyxNQUFNLFNBQUssd0JBQVMsS0FBSyxHQUFHO0FBQzlDLFlBQVEsVUFBTSxzQkFBTyxNQUFNLE9BQUcsc0JBQU8sS0FBSyxHQUFHLEtBQUs7QUFBQSxFQUNwRCxXQUFXLE1BQU0sUUFBUSxNQUFNLEtBQUssTUFBTSxRQUFRLEtBQUssR0FBRztBQUN4RCxrQkFBYyxNQUFNLFFBQVEsT0FBTyxLQUFLO0FBQUEsRUFDMUMsV0FBVyxjQUFjLE1BQU0sS0FBSyxjQUFjLEtBQUssR0FBRztBQUN4RCxtQkFBZSxNQUFNLFFBQVEsT0FBTyxLQUFLO0FBQUEsRUFDM0MsT0FBTztBQUNMLFVBQU0sSUFBSSxNQUFNLFFBQVE7QUFBQSxFQUMxQjtBQUNGO0FBRUEsU0FBUyxjQUFjLE9BQW1DO0FBQ3hELGFBQU8sd0JBQVMsS0FBSyxLQUFLLEtBQUMsd0JBQVMsS0FBSyxTQUFLLHlCQUFVLEtBQUssTUFBTTtBQUNyRTtBQUVBLFNBQVMsV0FBVyxRQUFnQixLQUFxQjtBQUN2RCxNQUFJLENBQUMscUJBQXFCLEtBQUssR0FBRyxFQUFHLFFBQU8sR0FBRyxNQUFNLElBQUksS0FBSyxVQUFVLEdBQUcsQ0FBQztBQUM1RSxTQUFPLFdBQVcsS0FBSyxNQUFNLEdBQUcsTUFBTSxJQUFJLEdBQUc7QUFDL0M7QUFHTyxTQUFTLEtBQUssTUFBc0I7QUFDekMsU0FBTyxVQUFVLEtBQUssSUFBSSxJQUFJLENBQUMsS0FBSztBQUN0QzsiLAogICJuYW1lcyI6IFtdCn0K
