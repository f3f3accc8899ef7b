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
  const [before, after] = [old ?? null, now ?? null];
  if (before !== null && after !== null) compareValues(path, before, after, found);
  else if (before !== after) found.set(path, before === null ? "add" : "delete");
}
function compareValues(path, before, after, found) {
  if ((0, import_values.isSecret)(before) && (0, import_values.isSecret)(after)) {
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
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiZGlmZi50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7O0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUEsb0JBQXlGO0FBUWxGLFNBQVMsWUFBWSxNQUFrQixNQUErQjtBQUMzRSxRQUFNLFFBQXFCLG9CQUFJLElBQUk7QUFDbkMsaUJBQWUsSUFBSSxNQUFNLE1BQU0sS0FBSztBQUNwQyxTQUFPO0FBQ1Q7QUFFQSxTQUFTLGVBQWUsUUFBZ0IsTUFBa0IsTUFBa0IsT0FBMEI7QUFDcEcsYUFBVyxPQUFPLG9CQUFJLElBQUksQ0FBQyxHQUFHLE9BQU8sS0FBSyxJQUFJLEdBQUcsR0FBRyxPQUFPLEtBQUssSUFBSSxDQUFDLENBQUMsR0FBRztBQUN2RSxZQUFRLFdBQVcsUUFBUSxHQUFHLEdBQUcsS0FBSyxHQUFHLEdBQUcsS0FBSyxHQUFHLEdBQUcsS0FBSztBQUFBLEVBQzlEO0FBQ0Y7QUFFQSxTQUFTLGNBQWMsUUFBZ0IsTUFBd0IsTUFBd0IsT0FBMEI7QUFDL0csV0FBUyxJQUFJLEdBQUcsSUFBSSxLQUFLLElBQUksS0FBSyxRQUFRLEtBQUssTUFBTSxHQUFHLEtBQUssRUFBRyxTQUFRLEdBQUcsTUFBTSxJQUFJLENBQUMsS0FBSyxLQUFLLENBQUMsR0FBRyxLQUFLLENBQUMsR0FBRyxLQUFLO0FBQ3BIO0FBRUEsU0FBUyxRQUFRLE1BQWMsS0FBd0IsS0FBd0IsT0FBMEI7QUFDdkcsVUFBSSxvQkFBSyxLQUFLLEdBQUcsRUFBRztBQUNwQixRQUFNLENBQUMsUUFBUSxLQUFLLElBQUksQ0FBQyxPQUFPLE1BQU0sT0FBTyxJQUFJO0FBQ2pELE1BQUksV0FBVyxRQUFRLFVBQVUsS0FBTSxlQUFjLE1BQU0sUUFBUSxPQUFPLEtBQUs7QUFBQSxXQUN0RSxXQUFXLE1BQU8sT0FBTSxJQUFJLE1BQU0sV0FBVyxPQUFPLFFBQVEsUUFBUTtBQUMvRTtBQUVBLFNBQVMsY0FBYyxNQUFjLFFBQWUsT0FBYyxPQUEwQjtBQUMxRixVQUFJLHdCQUFTLE1BQU0sU0FBSyx3QkFBUyxLQUFLLEdBQUc7QUFDdkMsWUFBUSxVQUFNLHNCQUFPLE1BQU0sT0FBRyxzQkFBTyxLQUFLLEdBQUcsS0FBSztBQUFBLEVBQ3BELFdBQVcsTUFBTSxRQUFRLE1BQU0sS0FBSyxNQUFNLFFBQVEsS0FBSyxHQUFHO0FBQ3hELGtCQUFjLE1BQU0sUUFBUSxPQUFPLEtBQUs7QUFBQSxFQUMxQyxXQUFXLGNBQWMsTUFBTSxLQUFLLGNBQWMsS0FBSyxHQUFHO0FBQ3hELG1CQUFlLE1BQU0sUUFBUSxPQUFPLEtBQUs7QUFBQSxFQUMzQyxPQUFPO0FBQ0wsVUFBTSxJQUFJLE1BQU0sUUFBUTtBQUFBLEVBQzFCO0FBQ0Y7QUFFQSxTQUFTLGNBQWMsT0FBbUM7QUFDeEQsYUFBTyx3QkFBUyxLQUFLLEtBQUssS0FBQyx3QkFBUyxLQUFLLFNBQUsseUJBQVUsS0FBSyxNQUFNO0FBQ3JFO0FBRUEsU0FBUyxXQUFXLFFBQWdCLEtBQXFCO0FBQ3ZELE1BQUksQ0FBQyxxQkFBcUIsS0FBSyxHQUFHLEVBQUcsUUFBTyxHQUFHLE1BQU0sSUFBSSxLQUFLLFVBQVUsR0FBRyxDQUFDO0FBQzVFLFNBQU8sV0FBVyxLQUFLLE1BQU0sR0FBRyxNQUFNLElBQUksR0FBRztBQUMvQztBQUdPLFNBQVMsS0FBSyxNQUFzQjtBQUN6QyxTQUFPLFVBQVUsS0FBSyxJQUFJLElBQUksQ0FBQyxLQUFLO0FBQ3RDOyIsCiAgIm5hbWVzIjogW10KfQo=
