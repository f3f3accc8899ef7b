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
var policyArgs_exports = {};
__export(policyArgs_exports, {
  planPolicy: () => planPolicy,
  schedulesOf: () => schedulesOf
});
module.exports = __toCommonJS(policyArgs_exports);
var import_policy = require("../model/policy");
var import_arguments = require("./arguments");
function planPolicy(overrides, path, mistakes) {
  return (0, import_arguments.collect)(mistakes, () => (0, import_policy.resolvePolicy)(overrides, path)) ?? import_policy.standardPolicy;
}
function schedulesOf(policy) {
  const { snapshots, full, offsite } = policy;
  return [
    { command: "snapshot", everyMinutes: snapshots.everyMinutes, everyEntries: snapshots.everyEntries },
    { command: "full", everyMinutes: full.everyMinutes },
    { command: "offsite", everyMinutes: offsite.everyMinutes }
  ];
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  planPolicy,
  schedulesOf
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsicG9saWN5QXJncy50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7O0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBRUEsb0JBQWlFO0FBQ2pFLHVCQUF3QjtBQXdLakIsU0FBUyxXQUNkLFdBQ0EsTUFDQSxVQUNjO0FBQ2QsYUFBTywwQkFBUSxVQUFVLFVBQU0sNkJBQWMsV0FBVyxJQUFJLENBQUMsS0FBSztBQUNwRTtBQXFCTyxTQUFTLFlBQVksUUFBd0M7QUFDbEUsUUFBTSxFQUFFLFdBQVcsTUFBTSxRQUFRLElBQUk7QUFDckMsU0FBTztBQUFBLElBQ0wsRUFBRSxTQUFTLFlBQVksY0FBYyxVQUFVLGNBQWMsY0FBYyxVQUFVLGFBQWE7QUFBQSxJQUNsRyxFQUFFLFNBQVMsUUFBUSxjQUFjLEtBQUssYUFBYTtBQUFBLElBQ25ELEVBQUUsU0FBUyxXQUFXLGNBQWMsUUFBUSxhQUFhO0FBQUEsRUFDM0Q7QUFDRjsiLAogICJuYW1lcyI6IFtdCn0K
