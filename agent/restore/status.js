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
var status_exports = {};
__export(status_exports, {
  restoreStatus: () => restoreStatus
});
module.exports = __toCommonJS(status_exports);
var import_plan = require("../commands/plan");
var import_context = require("./context");
const restoreStatus = {
  name: "restore-status",
  steps: [
    {
      name: "look",
      title: "look at the recovery's records",
      async run(context) {
        await (0, import_context.openPhase)(context);
        const { state } = await (0, import_plan.resolve)({ ...context.spec.plan, approvedPlanDigest: void 0 });
        Object.assign(context.result, await (0, import_context.readRestored)(context), { state });
      }
    }
  ]
};
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  restoreStatus
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsic3RhdHVzLnRzIl0sCiAgIm1hcHBpbmdzIjogIjs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUEsa0JBQXdCO0FBRXhCLHFCQUE2RDtBQUd0RCxNQUFNLGdCQUEyQztBQUFBLEVBQ3RELE1BQU07QUFBQSxFQUNOLE9BQU87QUFBQSxJQUNMO0FBQUEsTUFDRSxNQUFNO0FBQUEsTUFDTixPQUFPO0FBQUEsTUFDUCxNQUFNLElBQUksU0FBUztBQUNqQixrQkFBTSwwQkFBVSxPQUFPO0FBQ3ZCLGNBQU0sRUFBRSxNQUFNLElBQUksVUFBTSxxQkFBUSxFQUFFLEdBQUcsUUFBUSxLQUFLLE1BQU0sb0JBQW9CLE9BQVUsQ0FBQztBQUN2RixlQUFPLE9BQU8sUUFBUSxRQUFRLFVBQU0sNkJBQWEsT0FBTyxHQUFHLEVBQUUsTUFBTSxDQUFDO0FBQUEsTUFDdEU7QUFBQSxJQUNGO0FBQUEsRUFDRjtBQUNGOyIsCiAgIm5hbWVzIjogW10KfQo=
