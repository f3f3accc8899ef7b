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
var shapes_exports = {};
__export(shapes_exports, {
  checkInputs: () => checkInputs,
  shapes: () => shapes
});
module.exports = __toCommonJS(shapes_exports);
var import_values = require("./values");
const endpoint = {
  user: { type: "string", default: "root" },
  password: { type: "string", secret: true },
  host: { type: "string", required: true },
  port: { type: "number", default: 22 },
  privateKey: { type: "string", secret: true },
  privateKeyPassword: { type: "string", secret: true },
  agentSocketPath: { type: "string" },
  dialErrorLimit: { type: "number", default: 10 },
  perDialTimeout: { type: "number", default: 15 },
  hostKey: { type: "string" }
};
const connection = { ...endpoint, proxy: { type: endpoint } };
const lifecycle = {
  triggers: { type: "list", replaceOnChanges: true },
  create: { type: "string" },
  update: { type: "string" },
  delete: { type: "string" }
};
const execution = {
  stdin: { type: "string" },
  logging: { type: "logging" },
  environment: { type: "map" },
  addPreviousOutputInEnv: { type: "boolean" }
};
const localExecution = {
  ...execution,
  interpreter: { type: "strings" },
  dir: { type: "string" },
  assetPaths: { type: "strings" },
  archivePaths: { type: "strings" }
};
const connected = { connection: { type: connection, required: true, secret: true } };
const shapes = {
  "command:local:Command": { ...lifecycle, ...localExecution },
  "command:local:run": { ...localExecution, command: { type: "string", required: true } },
  "command:remote:Command": { ...lifecycle, ...execution, ...connected },
  "command:remote:CopyToRemote": {
    ...connected,
    triggers: { type: "list", replaceOnChanges: true },
    source: { type: "source", required: true },
    remotePath: { type: "string", required: true }
  }
};
const isMember = (value, ...types) => types.includes(typeof value);
const loggingModes = ["stdout", "stderr", "stdoutAndStderr", "none"];
const known = {
  string: { is: (value) => isMember(value, "string"), name: "a string" },
  boolean: { is: (value) => isMember(value, "boolean"), name: "a boolean" },
  number: { is: (value) => isMember(value, "number"), name: "a number" },
  strings: {
    is: (value) => Array.isArray(value) && value.every((v) => isMember((0, import_values.reveal)(v), "string")),
    name: "a list of strings"
  },
  list: { is: (value) => Array.isArray(value), name: "a list" },
  map: {
    is: (value) => (0, import_values.isObject)(value) && Object.values(value).every((v) => isMember((0, import_values.reveal)(v), "string")),
    name: "a map of strings"
  },
  logging: { is: (value) => loggingModes.some((mode) => mode === value), name: `one of ${loggingModes.join(", ")}` },
  source: { is: (value) => (0, import_values.assetKind)(value) !== void 0, name: "an asset or an archive" }
};
function checkInputs(shape, inputs, prefix = "") {
  const checked = {};
  const failures = [];
  for (const [name, field] of Object.entries(shape)) {
    const property = `${prefix}${name}`;
    const given = inputs[name] ?? field.default ?? null;
    if (given === null) {
      if (field.required) failures.push({ property, reason: `missing required property '${property}'` });
      continue;
    }
    const value = checkValue(field.type, given, property, failures);
    checked[name] = field.secret ? (0, import_values.secret)(value) : value;
  }
  return { inputs: checked, failures };
}
function checkValue(type, given, property, failures) {
  const value = (0, import_values.reveal)(given);
  if ((0, import_values.isUnknown)(value)) return given;
  if (typeof type === "string") {
    const { is, name } = known[type];
    if (!is(value)) failures.push({ property, reason: `'${property}' must be ${name}` });
    return given;
  }
  if (!(0, import_values.isObject)(value)) {
    failures.push({ property, reason: `'${property}' must be an object` });
    return given;
  }
  const nested = checkInputs(type, value, `${property}.`);
  failures.push(...nested.failures);
  return (0, import_values.isSecret)(given) ? (0, import_values.secret)(nested.inputs) : nested.inputs;
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  checkInputs,
  shapes
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsic2hhcGVzLnRzIl0sCiAgIm1hcHBpbmdzIjogIjs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQSxvQkFBc0c7QUFldEcsTUFBTSxXQUFrQjtBQUFBLEVBQ3RCLE1BQU0sRUFBRSxNQUFNLFVBQVUsU0FBUyxPQUFPO0FBQUEsRUFDeEMsVUFBVSxFQUFFLE1BQU0sVUFBVSxRQUFRLEtBQUs7QUFBQSxFQUN6QyxNQUFNLEVBQUUsTUFBTSxVQUFVLFVBQVUsS0FBSztBQUFBLEVBQ3ZDLE1BQU0sRUFBRSxNQUFNLFVBQVUsU0FBUyxHQUFHO0FBQUEsRUFDcEMsWUFBWSxFQUFFLE1BQU0sVUFBVSxRQUFRLEtBQUs7QUFBQSxFQUMzQyxvQkFBb0IsRUFBRSxNQUFNLFVBQVUsUUFBUSxLQUFLO0FBQUEsRUFDbkQsaUJBQWlCLEVBQUUsTUFBTSxTQUFTO0FBQUEsRUFDbEMsZ0JBQWdCLEVBQUUsTUFBTSxVQUFVLFNBQVMsR0FBRztBQUFBLEVBQzlDLGdCQUFnQixFQUFFLE1BQU0sVUFBVSxTQUFTLEdBQUc7QUFBQSxFQUM5QyxTQUFTLEVBQUUsTUFBTSxTQUFTO0FBQzVCO0FBQ0EsTUFBTSxhQUFvQixFQUFFLEdBQUcsVUFBVSxPQUFPLEVBQUUsTUFBTSxTQUFTLEVBQUU7QUFFbkUsTUFBTSxZQUFtQjtBQUFBLEVBQ3ZCLFVBQVUsRUFBRSxNQUFNLFFBQVEsa0JBQWtCLEtBQUs7QUFBQSxFQUNqRCxRQUFRLEVBQUUsTUFBTSxTQUFTO0FBQUEsRUFDekIsUUFBUSxFQUFFLE1BQU0sU0FBUztBQUFBLEVBQ3pCLFFBQVEsRUFBRSxNQUFNLFNBQVM7QUFDM0I7QUFDQSxNQUFNLFlBQW1CO0FBQUEsRUFDdkIsT0FBTyxFQUFFLE1BQU0sU0FBUztBQUFBLEVBQ3hCLFNBQVMsRUFBRSxNQUFNLFVBQVU7QUFBQSxFQUMzQixhQUFhLEVBQUUsTUFBTSxNQUFNO0FBQUEsRUFDM0Isd0JBQXdCLEVBQUUsTUFBTSxVQUFVO0FBQzVDO0FBQ0EsTUFBTSxpQkFBd0I7QUFBQSxFQUM1QixHQUFHO0FBQUEsRUFDSCxhQUFhLEVBQUUsTUFBTSxVQUFVO0FBQUEsRUFDL0IsS0FBSyxFQUFFLE1BQU0sU0FBUztBQUFBLEVBQ3RCLFlBQVksRUFBRSxNQUFNLFVBQVU7QUFBQSxFQUM5QixjQUFjLEVBQUUsTUFBTSxVQUFVO0FBQ2xDO0FBQ0EsTUFBTSxZQUFtQixFQUFFLFlBQVksRUFBRSxNQUFNLFlBQVksVUFBVSxNQUFNLFFBQVEsS0FBSyxFQUFFO0FBR25GLE1BQU0sU0FBUztBQUFBLEVBQ3BCLHlCQUF5QixFQUFFLEdBQUcsV0FBVyxHQUFHLGVBQWU7QUFBQSxFQUMzRCxxQkFBcUIsRUFBRSxHQUFHLGdCQUFnQixTQUFTLEVBQUUsTUFBTSxVQUFVLFVBQVUsS0FBSyxFQUFFO0FBQUEsRUFDdEYsMEJBQTBCLEVBQUUsR0FBRyxXQUFXLEdBQUcsV0FBVyxHQUFHLFVBQVU7QUFBQSxFQUNyRSwrQkFBK0I7QUFBQSxJQUM3QixHQUFHO0FBQUEsSUFDSCxVQUFVLEVBQUUsTUFBTSxRQUFRLGtCQUFrQixLQUFLO0FBQUEsSUFDakQsUUFBUSxFQUFFLE1BQU0sVUFBVSxVQUFVLEtBQUs7QUFBQSxJQUN6QyxZQUFZLEVBQUUsTUFBTSxVQUFVLFVBQVUsS0FBSztBQUFBLEVBQy9DO0FBQ0Y7QUFRQSxNQUFNLFdBQVcsQ0FBQyxVQUFpQixVQUFvQixNQUFNLFNBQVMsT0FBTyxLQUFLO0FBQ2xGLE1BQU0sZUFBZSxDQUFDLFVBQVUsVUFBVSxtQkFBbUIsTUFBTTtBQUVuRSxNQUFNLFFBQTRGO0FBQUEsRUFDaEcsUUFBUSxFQUFFLElBQUksQ0FBQyxVQUFVLFNBQVMsT0FBTyxRQUFRLEdBQUcsTUFBTSxXQUFXO0FBQUEsRUFDckUsU0FBUyxFQUFFLElBQUksQ0FBQyxVQUFVLFNBQVMsT0FBTyxTQUFTLEdBQUcsTUFBTSxZQUFZO0FBQUEsRUFDeEUsUUFBUSxFQUFFLElBQUksQ0FBQyxVQUFVLFNBQVMsT0FBTyxRQUFRLEdBQUcsTUFBTSxXQUFXO0FBQUEsRUFDckUsU0FBUztBQUFBLElBQ1AsSUFBSSxDQUFDLFVBQVUsTUFBTSxRQUFRLEtBQUssS0FBSyxNQUFNLE1BQU0sQ0FBQyxNQUFNLGFBQVMsc0JBQU8sQ0FBQyxHQUFHLFFBQVEsQ0FBQztBQUFBLElBQ3ZGLE1BQU07QUFBQSxFQUNSO0FBQUEsRUFDQSxNQUFNLEVBQUUsSUFBSSxDQUFDLFVBQVUsTUFBTSxRQUFRLEtBQUssR0FBRyxNQUFNLFNBQVM7QUFBQSxFQUM1RCxLQUFLO0FBQUEsSUFDSCxJQUFJLENBQUMsY0FBVSx3QkFBUyxLQUFLLEtBQUssT0FBTyxPQUFPLEtBQUssRUFBRSxNQUFNLENBQUMsTUFBTSxhQUFTLHNCQUFPLENBQUMsR0FBRyxRQUFRLENBQUM7QUFBQSxJQUNqRyxNQUFNO0FBQUEsRUFDUjtBQUFBLEVBQ0EsU0FBUyxFQUFFLElBQUksQ0FBQyxVQUFVLGFBQWEsS0FBSyxDQUFDLFNBQVMsU0FBUyxLQUFLLEdBQUcsTUFBTSxVQUFVLGFBQWEsS0FBSyxJQUFJLENBQUMsR0FBRztBQUFBLEVBQ2pILFFBQVEsRUFBRSxJQUFJLENBQUMsY0FBVSx5QkFBVSxLQUFLLE1BQU0sUUFBVyxNQUFNLHlCQUF5QjtBQUMxRjtBQU1PLFNBQVMsWUFDZCxPQUNBLFFBQ0EsU0FBUyxJQUNvQztBQUM3QyxRQUFNLFVBQXNCLENBQUM7QUFDN0IsUUFBTSxXQUFzQixDQUFDO0FBQzdCLGFBQVcsQ0FBQyxNQUFNLEtBQUssS0FBSyxPQUFPLFFBQVEsS0FBSyxHQUFHO0FBQ2pELFVBQU0sV0FBVyxHQUFHLE1BQU0sR0FBRyxJQUFJO0FBQ2pDLFVBQU0sUUFBUSxPQUFPLElBQUksS0FBSyxNQUFNLFdBQVc7QUFDL0MsUUFBSSxVQUFVLE1BQU07QUFDbEIsVUFBSSxNQUFNLFNBQVUsVUFBUyxLQUFLLEVBQUUsVUFBVSxRQUFRLDhCQUE4QixRQUFRLElBQUksQ0FBQztBQUNqRztBQUFBLElBQ0Y7QUFDQSxVQUFNLFFBQVEsV0FBVyxNQUFNLE1BQU0sT0FBTyxVQUFVLFFBQVE7QUFDOUQsWUFBUSxJQUFJLElBQUksTUFBTSxhQUFTLHNCQUFPLEtBQUssSUFBSTtBQUFBLEVBQ2pEO0FBQ0EsU0FBTyxFQUFFLFFBQVEsU0FBUyxTQUFTO0FBQ3JDO0FBRUEsU0FBUyxXQUFXLE1BQWlCLE9BQWMsVUFBa0IsVUFBNEI7QUFDL0YsUUFBTSxZQUFRLHNCQUFPLEtBQUs7QUFDMUIsVUFBSSx5QkFBVSxLQUFLLEVBQUcsUUFBTztBQUM3QixNQUFJLE9BQU8sU0FBUyxVQUFVO0FBQzVCLFVBQU0sRUFBRSxJQUFJLEtBQUssSUFBSSxNQUFNLElBQUk7QUFDL0IsUUFBSSxDQUFDLEdBQUcsS0FBSyxFQUFHLFVBQVMsS0FBSyxFQUFFLFVBQVUsUUFBUSxJQUFJLFFBQVEsYUFBYSxJQUFJLEdBQUcsQ0FBQztBQUNuRixXQUFPO0FBQUEsRUFDVDtBQUNBLE1BQUksS0FBQyx3QkFBUyxLQUFLLEdBQUc7QUFDcEIsYUFBUyxLQUFLLEVBQUUsVUFBVSxRQUFRLElBQUksUUFBUSxzQkFBc0IsQ0FBQztBQUNyRSxXQUFPO0FBQUEsRUFDVDtBQUNBLFFBQU0sU0FBUyxZQUFZLE1BQU0sT0FBTyxHQUFHLFFBQVEsR0FBRztBQUN0RCxXQUFTLEtBQUssR0FBRyxPQUFPLFFBQVE7QUFDaEMsYUFBTyx3QkFBUyxLQUFLLFFBQUksc0JBQU8sT0FBTyxNQUFNLElBQUksT0FBTztBQUMxRDsiLAogICJuYW1lcyI6IFtdCn0K
