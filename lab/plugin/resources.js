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
var resources_exports = {};
__export(resources_exports, {
  invokeRun: () => invokeRun,
  resourceTypes: () => resourceTypes
});
module.exports = __toCommonJS(resources_exports);
var import_node_crypto = require("node:crypto");
var import_local = require("./local");
var import_remote = require("./remote");
var import_shapes = require("./shapes");
var import_values = require("./values");
const uniqueId = (prefix) => `${prefix}${(0, import_node_crypto.randomBytes)(4).toString("hex")}`;
const unknownOutputs = { stdout: import_values.unknown, stderr: import_values.unknown };
function inputsOf(shape, properties) {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => key in shape));
}
function outputsOf(shape, state) {
  return Object.fromEntries(Object.entries(state).filter(([key]) => !(key in shape)));
}
function outputsMayChange(shape, state, inputs) {
  return Object.keys(shape).some((key) => (0, import_values.isUnknown)(inputs[key]) || key in state && !(0, import_values.same)(state[key], inputs[key]));
}
function commandType(shape, run) {
  const runWith = async (command, inputs, old, operation) => {
    if (command === void 0) return { stdout: "", stderr: "", ...old };
    return { ...old, ...await run(command, (0, import_values.plain)(inputs), (0, import_values.plain)(old), operation) };
  };
  return {
    shape,
    create: async (name, raw, operation) => {
      const inputs = inputsOf(shape, raw);
      const { create } = (0, import_values.plain)(inputs);
      return { id: uniqueId(name), outputs: { ...inputs, ...await runWith(create, inputs, {}, operation) } };
    },
    update: async (state, raw, operation) => {
      const inputs = inputsOf(shape, raw);
      const { create, update } = (0, import_values.plain)(inputs);
      return { ...inputs, ...await runWith(update ?? create, inputs, outputsOf(shape, state), operation) };
    },
    delete: async (state, operation) => {
      const command = (0, import_values.plain)(state).delete;
      if (command !== void 0) await runWith(command, inputsOf(shape, state), outputsOf(shape, state), operation);
    },
    previewCreate: (name, raw) => ({ id: uniqueId(name), outputs: { ...inputsOf(shape, raw), ...unknownOutputs } }),
    previewUpdate: (state, raw) => {
      const inputs = inputsOf(shape, raw);
      const old = { stdout: "", stderr: "", ...outputsOf(shape, state) };
      if (!outputsMayChange(shape, state, inputs)) return { ...inputs, ...old };
      return { ...inputs, ...Object.fromEntries(Object.keys(old).map((key) => [key, import_values.unknown])) };
    }
  };
}
const copyShape = import_shapes.shapes["command:remote:CopyToRemote"];
const copyType = {
  shape: copyShape,
  create: async (_name, raw, operation) => {
    const inputs = inputsOf(copyShape, raw);
    await (0, import_remote.copyToRemote)((0, import_values.plain)(inputs), operation);
    return { id: uniqueId(""), outputs: inputs };
  },
  update: async (state, raw, operation) => {
    const inputs = inputsOf(copyShape, raw);
    const [olds, news] = [(0, import_values.plain)(state), (0, import_values.plain)(inputs)];
    const changed = olds.source.hash !== news.source.hash || olds.remotePath !== news.remotePath;
    if (changed) await (0, import_remote.copyToRemote)(news, operation);
    return inputs;
  },
  delete: () => Promise.resolve(),
  previewCreate: (_name, raw) => ({ id: "", outputs: inputsOf(copyShape, raw) }),
  previewUpdate: (_state, raw) => inputsOf(copyShape, raw)
};
const resourceTypes = /* @__PURE__ */ new Map([
  ["command:local:Command", commandType(import_shapes.shapes["command:local:Command"], import_local.runLocal)],
  ["command:remote:Command", commandType(import_shapes.shapes["command:remote:Command"], import_remote.runRemote)],
  ["command:remote:CopyToRemote", copyType]
]);
async function invokeRun(args, operation) {
  const inputs = inputsOf(import_shapes.shapes["command:local:run"], args);
  const { command } = (0, import_values.plain)(inputs);
  return { ...inputs, ...await (0, import_local.runLocal)(command, (0, import_values.plain)(inputs), {}, operation) };
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  invokeRun,
  resourceTypes
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsicmVzb3VyY2VzLnRzIl0sCiAgIm1hcHBpbmdzIjogIjs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQSx5QkFBNEI7QUFDNUIsbUJBQTBEO0FBRTFELG9CQUE0RTtBQUM1RSxvQkFBbUM7QUFDbkMsb0JBQWlFO0FBeUJqRSxNQUFNLFdBQVcsQ0FBQyxXQUFtQixHQUFHLE1BQU0sT0FBRyxnQ0FBWSxDQUFDLEVBQUUsU0FBUyxLQUFLLENBQUM7QUFDL0UsTUFBTSxpQkFBNkIsRUFBRSxRQUFRLHVCQUFTLFFBQVEsc0JBQVE7QUFHdEUsU0FBUyxTQUFTLE9BQWMsWUFBb0M7QUFDbEUsU0FBTyxPQUFPLFlBQVksT0FBTyxRQUFRLFVBQVUsRUFBRSxPQUFPLENBQUMsQ0FBQyxHQUFHLE1BQU0sT0FBTyxLQUFLLENBQUM7QUFDdEY7QUFHQSxTQUFTLFVBQVUsT0FBYyxPQUErQjtBQUM5RCxTQUFPLE9BQU8sWUFBWSxPQUFPLFFBQVEsS0FBSyxFQUFFLE9BQU8sQ0FBQyxDQUFDLEdBQUcsTUFBTSxFQUFFLE9BQU8sTUFBTSxDQUFDO0FBQ3BGO0FBR0EsU0FBUyxpQkFBaUIsT0FBYyxPQUFtQixRQUE2QjtBQUN0RixTQUFPLE9BQU8sS0FBSyxLQUFLLEVBQUUsS0FBSyxDQUFDLFlBQVEseUJBQVUsT0FBTyxHQUFHLENBQUMsS0FBTSxPQUFPLFNBQVMsS0FBQyxvQkFBSyxNQUFNLEdBQUcsR0FBRyxPQUFPLEdBQUcsQ0FBQyxDQUFFO0FBQ3BIO0FBRUEsU0FBUyxZQUE4QixPQUFjLEtBQThCO0FBQ2pGLFFBQU0sVUFBVSxPQUFPLFNBQTZCLFFBQW9CLEtBQWlCLGNBQXlCO0FBQ2hILFFBQUksWUFBWSxPQUFXLFFBQU8sRUFBRSxRQUFRLElBQUksUUFBUSxJQUFJLEdBQUcsSUFBSTtBQUNuRSxXQUFPLEVBQUUsR0FBRyxLQUFLLEdBQUksTUFBTSxJQUFJLGFBQVMscUJBQU0sTUFBTSxPQUFRLHFCQUFNLEdBQUcsR0FBZSxTQUFTLEVBQUc7QUFBQSxFQUNsRztBQUNBLFNBQU87QUFBQSxJQUNMO0FBQUEsSUFDQSxRQUFRLE9BQU8sTUFBTSxLQUFLLGNBQWM7QUFDdEMsWUFBTSxTQUFTLFNBQVMsT0FBTyxHQUFHO0FBQ2xDLFlBQU0sRUFBRSxPQUFPLFFBQUkscUJBQU0sTUFBTTtBQUMvQixhQUFPLEVBQUUsSUFBSSxTQUFTLElBQUksR0FBRyxTQUFTLEVBQUUsR0FBRyxRQUFRLEdBQUksTUFBTSxRQUFRLFFBQVEsUUFBUSxDQUFDLEdBQUcsU0FBUyxFQUFHLEVBQUU7QUFBQSxJQUN6RztBQUFBLElBQ0EsUUFBUSxPQUFPLE9BQU8sS0FBSyxjQUFjO0FBQ3ZDLFlBQU0sU0FBUyxTQUFTLE9BQU8sR0FBRztBQUNsQyxZQUFNLEVBQUUsUUFBUSxPQUFPLFFBQUkscUJBQU0sTUFBTTtBQUN2QyxhQUFPLEVBQUUsR0FBRyxRQUFRLEdBQUksTUFBTSxRQUFRLFVBQVUsUUFBUSxRQUFRLFVBQVUsT0FBTyxLQUFLLEdBQUcsU0FBUyxFQUFHO0FBQUEsSUFDdkc7QUFBQSxJQUNBLFFBQVEsT0FBTyxPQUFPLGNBQWM7QUFDbEMsWUFBTSxjQUFXLHFCQUFNLEtBQUssRUFBb0I7QUFDaEQsVUFBSSxZQUFZLE9BQVcsT0FBTSxRQUFRLFNBQVMsU0FBUyxPQUFPLEtBQUssR0FBRyxVQUFVLE9BQU8sS0FBSyxHQUFHLFNBQVM7QUFBQSxJQUM5RztBQUFBLElBQ0EsZUFBZSxDQUFDLE1BQU0sU0FBUyxFQUFFLElBQUksU0FBUyxJQUFJLEdBQUcsU0FBUyxFQUFFLEdBQUcsU0FBUyxPQUFPLEdBQUcsR0FBRyxHQUFHLGVBQWUsRUFBRTtBQUFBLElBQzdHLGVBQWUsQ0FBQyxPQUFPLFFBQVE7QUFDN0IsWUFBTSxTQUFTLFNBQVMsT0FBTyxHQUFHO0FBQ2xDLFlBQU0sTUFBTSxFQUFFLFFBQVEsSUFBSSxRQUFRLElBQUksR0FBRyxVQUFVLE9BQU8sS0FBSyxFQUFFO0FBQ2pFLFVBQUksQ0FBQyxpQkFBaUIsT0FBTyxPQUFPLE1BQU0sRUFBRyxRQUFPLEVBQUUsR0FBRyxRQUFRLEdBQUcsSUFBSTtBQUN4RSxhQUFPLEVBQUUsR0FBRyxRQUFRLEdBQUcsT0FBTyxZQUFZLE9BQU8sS0FBSyxHQUFHLEVBQUUsSUFBSSxDQUFDLFFBQVEsQ0FBQyxLQUFLLHFCQUFPLENBQUMsQ0FBQyxFQUFFO0FBQUEsSUFDM0Y7QUFBQSxFQUNGO0FBQ0Y7QUFFQSxNQUFNLFlBQVkscUJBQU8sNkJBQTZCO0FBRXRELE1BQU0sV0FBeUI7QUFBQSxFQUM3QixPQUFPO0FBQUEsRUFDUCxRQUFRLE9BQU8sT0FBTyxLQUFLLGNBQWM7QUFDdkMsVUFBTSxTQUFTLFNBQVMsV0FBVyxHQUFHO0FBQ3RDLGNBQU0sZ0NBQWEscUJBQU0sTUFBTSxHQUE0QixTQUFTO0FBQ3BFLFdBQU8sRUFBRSxJQUFJLFNBQVMsRUFBRSxHQUFHLFNBQVMsT0FBTztBQUFBLEVBQzdDO0FBQUEsRUFDQSxRQUFRLE9BQU8sT0FBTyxLQUFLLGNBQWM7QUFDdkMsVUFBTSxTQUFTLFNBQVMsV0FBVyxHQUFHO0FBQ3RDLFVBQU0sQ0FBQyxNQUFNLElBQUksSUFBSSxLQUFDLHFCQUFNLEtBQUssT0FBRyxxQkFBTSxNQUFNLENBQUM7QUFDakQsVUFBTSxVQUFVLEtBQUssT0FBTyxTQUFTLEtBQUssT0FBTyxRQUFRLEtBQUssZUFBZSxLQUFLO0FBQ2xGLFFBQUksUUFBUyxXQUFNLDRCQUFhLE1BQU0sU0FBUztBQUMvQyxXQUFPO0FBQUEsRUFDVDtBQUFBLEVBQ0EsUUFBUSxNQUFNLFFBQVEsUUFBUTtBQUFBLEVBQzlCLGVBQWUsQ0FBQyxPQUFPLFNBQVMsRUFBRSxJQUFJLElBQUksU0FBUyxTQUFTLFdBQVcsR0FBRyxFQUFFO0FBQUEsRUFDNUUsZUFBZSxDQUFDLFFBQVEsUUFBUSxTQUFTLFdBQVcsR0FBRztBQUN6RDtBQUdPLE1BQU0sZ0JBQW1ELG9CQUFJLElBQUk7QUFBQSxFQUN0RSxDQUFDLHlCQUF5QixZQUF5QixxQkFBTyx1QkFBdUIsR0FBRyxxQkFBUSxDQUFDO0FBQUEsRUFDN0YsQ0FBQywwQkFBMEIsWUFBMEIscUJBQU8sd0JBQXdCLEdBQUcsdUJBQVMsQ0FBQztBQUFBLEVBQ2pHLENBQUMsK0JBQStCLFFBQVE7QUFDMUMsQ0FBQztBQUdELGVBQXNCLFVBQVUsTUFBa0IsV0FBMkM7QUFDM0YsUUFBTSxTQUFTLFNBQVMscUJBQU8sbUJBQW1CLEdBQUcsSUFBSTtBQUN6RCxRQUFNLEVBQUUsUUFBUSxRQUFJLHFCQUFNLE1BQU07QUFDaEMsU0FBTyxFQUFFLEdBQUcsUUFBUSxHQUFJLFVBQU0sdUJBQVMsYUFBUyxxQkFBTSxNQUFNLEdBQWtCLENBQUMsR0FBRyxTQUFTLEVBQUc7QUFDaEc7IiwKICAibmFtZXMiOiBbXQp9Cg==
