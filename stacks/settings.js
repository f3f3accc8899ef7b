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
var settings_exports = {};
__export(settings_exports, {
  readEnvironment: () => readEnvironment,
  readRecovery: () => readRecovery
});
module.exports = __toCommonJS(settings_exports);
var pulumi = __toESM(require("@pulumi/pulumi"));
var import_arguments = require("../components/arguments");
function readEnvironment(source) {
  return read(source, (keys) => ({ ...clusterSettings(keys), offsiteLocation: keys.text("offsiteLocation") }));
}
function readRecovery(source) {
  return read(source, (keys) => ({
    ...clusterSettings(keys),
    offsiteLocation: keys.requiredText("offsiteLocation", "/mnt/offsite/neumann"),
    recoveryId: keys.requiredText("recoveryId", "2026-11-23"),
    restorePoint: keys.text("restorePoint"),
    approvedPlanDigest: keys.text("approvedPlanDigest")
  }));
}
function clusterSettings(keys) {
  const clusterId = keys.requiredText("clusterId", "prod");
  return {
    clusterId,
    clusterName: keys.text("clusterName") ?? clusterId,
    nodes: nodeList(keys),
    programDirectory: keys.text("programDirectory"),
    archiveLocation: keys.requiredText("archiveLocation", "/mnt/backup/neumann"),
    policy: keys.json("policy", isObject, "an object")
  };
}
const nodeKeys = ["nodeId", "address", "adminUrl", "directory"];
function nodeList(keys) {
  const isList = (value) => Array.isArray(value) && value.length > 0;
  const items = keys.json("nodes", isList, "a list of nodes");
  if (items === void 0) {
    keys.missing("nodes", `[{"nodeId": "node1", "address": \u2026, "adminUrl": \u2026, "directory": \u2026}, \u2026]`);
    return [];
  }
  return items.flatMap((item, index) => isNode(keys, item, `nodes[${index}]`) ? [item] : []);
}
function isNode(keys, item, path) {
  if (!isObject(item)) {
    keys.wrong(path, "must be an object", item, `Write ${nodeKeys.join(", ")}.`);
    return false;
  }
  const absent = nodeKeys.filter((key) => typeof item[key] !== "string");
  for (const key of absent) keys.wrong(`${path}.${key}`, "must be a text", item[key], "Write it in quotes.");
  const unknown = Object.keys(item).filter((key) => !nodeKeys.includes(key));
  for (const key of unknown) keys.wrong(`${path}.${key}`, "is not known", item[key], `Use: ${nodeKeys.join(", ")}.`);
  return absent.length + unknown.length === 0;
}
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
function read(source, settings) {
  const keys = new Keys(source);
  const result = settings(keys);
  (0, import_arguments.reportMistakes)(`The configuration of stack ${pulumi.getStack()} cannot be used`, keys.mistakes);
  return result;
}
class Keys {
  constructor(source) {
    this.source = source;
  }
  source;
  mistakes = new import_arguments.MistakeList();
  text(key) {
    const value = this.source.get(key);
    return value === "" ? void 0 : value;
  }
  requiredText(key, example) {
    const value = this.text(key);
    if (value === void 0) this.missing(key, example);
    return value ?? "";
  }
  json(key, accepts, what) {
    const text = this.text(key);
    if (text === void 0) return void 0;
    try {
      const value = JSON.parse(text);
      if (accepts(value)) return value;
    } catch {
    }
    this.wrong(key, `must be ${what}`, text, `Write ${what} as JSON, or as YAML in the stack's file.`);
    return void 0;
  }
  missing(key, example) {
    const remedy = `Run: pulumi config set ${key} ${example.includes(" ") ? `'${example}'` : example}`;
    this.mistakes.add(`${this.source.name}:${key}`, "is missing", void 0, remedy);
  }
  wrong(path, problem, received, remedy) {
    this.mistakes.add(`${this.source.name}:${path}`, problem, received, remedy);
  }
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  readEnvironment,
  readRecovery
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsic2V0dGluZ3MudHMiXSwKICAibWFwcGluZ3MiOiAiOzs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQSxhQUF3QjtBQUN4Qix1QkFBNEM7QUErQnJDLFNBQVMsZ0JBQWdCLFFBQTRDO0FBQzFFLFNBQU8sS0FBSyxRQUFRLENBQUMsVUFBVSxFQUFFLEdBQUcsZ0JBQWdCLElBQUksR0FBRyxpQkFBaUIsS0FBSyxLQUFLLGlCQUFpQixFQUFFLEVBQUU7QUFDN0c7QUFNTyxTQUFTLGFBQWEsUUFBeUM7QUFDcEUsU0FBTyxLQUFLLFFBQVEsQ0FBQyxVQUFVO0FBQUEsSUFDN0IsR0FBRyxnQkFBZ0IsSUFBSTtBQUFBLElBQ3ZCLGlCQUFpQixLQUFLLGFBQWEsbUJBQW1CLHNCQUFzQjtBQUFBLElBQzVFLFlBQVksS0FBSyxhQUFhLGNBQWMsWUFBWTtBQUFBLElBQ3hELGNBQWMsS0FBSyxLQUFLLGNBQWM7QUFBQSxJQUN0QyxvQkFBb0IsS0FBSyxLQUFLLG9CQUFvQjtBQUFBLEVBQ3BELEVBQUU7QUFDSjtBQUVBLFNBQVMsZ0JBQWdCLE1BQTZCO0FBQ3BELFFBQU0sWUFBWSxLQUFLLGFBQWEsYUFBYSxNQUFNO0FBQ3ZELFNBQU87QUFBQSxJQUNMO0FBQUEsSUFDQSxhQUFhLEtBQUssS0FBSyxhQUFhLEtBQUs7QUFBQSxJQUN6QyxPQUFPLFNBQVMsSUFBSTtBQUFBLElBQ3BCLGtCQUFrQixLQUFLLEtBQUssa0JBQWtCO0FBQUEsSUFDOUMsaUJBQWlCLEtBQUssYUFBYSxtQkFBbUIscUJBQXFCO0FBQUEsSUFDM0UsUUFBUSxLQUFLLEtBQUssVUFBVSxVQUFVLFdBQVc7QUFBQSxFQUNuRDtBQUNGO0FBRUEsTUFBTSxXQUFXLENBQUMsVUFBVSxXQUFXLFlBQVksV0FBVztBQUU5RCxTQUFTLFNBQVMsTUFBNkI7QUFDN0MsUUFBTSxTQUFTLENBQUMsVUFBdUMsTUFBTSxRQUFRLEtBQUssS0FBSyxNQUFNLFNBQVM7QUFDOUYsUUFBTSxRQUFRLEtBQUssS0FBSyxTQUFTLFFBQVEsaUJBQWlCO0FBQzFELE1BQUksVUFBVSxRQUFXO0FBQ3ZCLFNBQUssUUFBUSxTQUFTLDJGQUF1RTtBQUM3RixXQUFPLENBQUM7QUFBQSxFQUNWO0FBQ0EsU0FBTyxNQUFNLFFBQVEsQ0FBQyxNQUFNLFVBQVcsT0FBTyxNQUFNLE1BQU0sU0FBUyxLQUFLLEdBQUcsSUFBSSxDQUFDLElBQUksSUFBSSxDQUFDLENBQUU7QUFDN0Y7QUFFQSxTQUFTLE9BQU8sTUFBWSxNQUFlLE1BQXFDO0FBQzlFLE1BQUksQ0FBQyxTQUFTLElBQUksR0FBRztBQUNuQixTQUFLLE1BQU0sTUFBTSxxQkFBcUIsTUFBTSxTQUFTLFNBQVMsS0FBSyxJQUFJLENBQUMsR0FBRztBQUMzRSxXQUFPO0FBQUEsRUFDVDtBQUNBLFFBQU0sU0FBUyxTQUFTLE9BQU8sQ0FBQyxRQUFRLE9BQU8sS0FBSyxHQUFHLE1BQU0sUUFBUTtBQUNyRSxhQUFXLE9BQU8sT0FBUSxNQUFLLE1BQU0sR0FBRyxJQUFJLElBQUksR0FBRyxJQUFJLGtCQUFrQixLQUFLLEdBQUcsR0FBRyxxQkFBcUI7QUFDekcsUUFBTSxVQUFVLE9BQU8sS0FBSyxJQUFJLEVBQUUsT0FBTyxDQUFDLFFBQVEsQ0FBQyxTQUFTLFNBQVMsR0FBRyxDQUFDO0FBQ3pFLGFBQVcsT0FBTyxRQUFTLE1BQUssTUFBTSxHQUFHLElBQUksSUFBSSxHQUFHLElBQUksZ0JBQWdCLEtBQUssR0FBRyxHQUFHLFFBQVEsU0FBUyxLQUFLLElBQUksQ0FBQyxHQUFHO0FBQ2pILFNBQU8sT0FBTyxTQUFTLFFBQVEsV0FBVztBQUM1QztBQUVBLFNBQVMsU0FBUyxPQUFrRDtBQUNsRSxTQUFPLE9BQU8sVUFBVSxZQUFZLFVBQVUsUUFBUSxDQUFDLE1BQU0sUUFBUSxLQUFLO0FBQzVFO0FBRUEsU0FBUyxLQUFRLFFBQXVCLFVBQWdDO0FBQ3RFLFFBQU0sT0FBTyxJQUFJLEtBQUssTUFBTTtBQUM1QixRQUFNLFNBQVMsU0FBUyxJQUFJO0FBQzVCLHVDQUFlLDhCQUE4QixPQUFPLFNBQVMsQ0FBQyxtQkFBbUIsS0FBSyxRQUFRO0FBQzlGLFNBQU87QUFDVDtBQUdBLE1BQU0sS0FBSztBQUFBLEVBR1QsWUFBNkIsUUFBdUI7QUFBdkI7QUFBQSxFQUF3QjtBQUFBLEVBQXhCO0FBQUEsRUFGcEIsV0FBVyxJQUFJLDZCQUFZO0FBQUEsRUFJcEMsS0FBSyxLQUFpQztBQUNwQyxVQUFNLFFBQVEsS0FBSyxPQUFPLElBQUksR0FBRztBQUNqQyxXQUFPLFVBQVUsS0FBSyxTQUFZO0FBQUEsRUFDcEM7QUFBQSxFQUVBLGFBQWEsS0FBYSxTQUF5QjtBQUNqRCxVQUFNLFFBQVEsS0FBSyxLQUFLLEdBQUc7QUFDM0IsUUFBSSxVQUFVLE9BQVcsTUFBSyxRQUFRLEtBQUssT0FBTztBQUNsRCxXQUFPLFNBQVM7QUFBQSxFQUNsQjtBQUFBLEVBRUEsS0FBUSxLQUFhLFNBQXlDLE1BQTZCO0FBQ3pGLFVBQU0sT0FBTyxLQUFLLEtBQUssR0FBRztBQUMxQixRQUFJLFNBQVMsT0FBVyxRQUFPO0FBQy9CLFFBQUk7QUFDRixZQUFNLFFBQWlCLEtBQUssTUFBTSxJQUFJO0FBQ3RDLFVBQUksUUFBUSxLQUFLLEVBQUcsUUFBTztBQUFBLElBQzdCLFFBQVE7QUFBQSxJQUVSO0FBQ0EsU0FBSyxNQUFNLEtBQUssV0FBVyxJQUFJLElBQUksTUFBTSxTQUFTLElBQUksMkNBQTJDO0FBQ2pHLFdBQU87QUFBQSxFQUNUO0FBQUEsRUFFQSxRQUFRLEtBQWEsU0FBdUI7QUFDMUMsVUFBTSxTQUFTLDBCQUEwQixHQUFHLElBQUksUUFBUSxTQUFTLEdBQUcsSUFBSSxJQUFJLE9BQU8sTUFBTSxPQUFPO0FBQ2hHLFNBQUssU0FBUyxJQUFJLEdBQUcsS0FBSyxPQUFPLElBQUksSUFBSSxHQUFHLElBQUksY0FBYyxRQUFXLE1BQU07QUFBQSxFQUNqRjtBQUFBLEVBRUEsTUFBTSxNQUFjLFNBQWlCLFVBQW1CLFFBQXNCO0FBQzVFLFNBQUssU0FBUyxJQUFJLEdBQUcsS0FBSyxPQUFPLElBQUksSUFBSSxJQUFJLElBQUksU0FBUyxVQUFVLE1BQU07QUFBQSxFQUM1RTtBQUNGOyIsCiAgIm5hbWVzIjogW10KfQo=
