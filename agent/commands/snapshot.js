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
var snapshot_exports = {};
__export(snapshot_exports, {
  snapshot: () => snapshot
});
module.exports = __toCommonJS(snapshot_exports);
var import_node_path = __toESM(require("node:path"));
var import_tier = require("../../model/tier");
var import_steps = require("../backup/steps");
const snapshot = {
  name: "snapshot",
  steps: [
    {
      name: "begin",
      title: "find the leader and the archive",
      async run(context) {
        context.run = await (0, import_steps.beginBackup)(context.node, import_tier.Tier.Snapshots);
      }
    },
    import_steps.claim,
    import_steps.anchors,
    {
      name: "snapshot",
      title: "take a snapshot",
      async run(context, control) {
        await (0, import_steps.takeSnapshot)((0, import_steps.runOf)(context), control);
      }
    },
    {
      name: "copy",
      title: "copy the snapshot",
      async run(context, control) {
        const run = (0, import_steps.runOf)(context);
        const index = await (0, import_steps.copySnapshot)(run, import_node_path.default.join(run.tree, "data", "raft", "snapshots"));
        await control.point();
        run.index = { low: index, high: index };
        await (0, import_steps.endOfCopy)(run);
      }
    },
    import_steps.pack,
    import_steps.walArrived,
    import_steps.readBack,
    import_steps.manifest
  ],
  settle: import_steps.settleBackup
};
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  snapshot
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsic25hcHNob3QudHMiXSwKICAibWFwcGluZ3MiOiAiOzs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUEsdUJBQWlCO0FBQ2pCLGtCQUFxQjtBQUNyQixtQkFjTztBQVNBLE1BQU0sV0FBdUM7QUFBQSxFQUNsRCxNQUFNO0FBQUEsRUFDTixPQUFPO0FBQUEsSUFDTDtBQUFBLE1BQ0UsTUFBTTtBQUFBLE1BQ04sT0FBTztBQUFBLE1BQ1AsTUFBTSxJQUFJLFNBQVM7QUFDakIsZ0JBQVEsTUFBTSxVQUFNLDBCQUFZLFFBQVEsTUFBTSxpQkFBSyxTQUFTO0FBQUEsTUFDOUQ7QUFBQSxJQUNGO0FBQUEsSUFDQTtBQUFBLElBQ0E7QUFBQSxJQUNBO0FBQUEsTUFDRSxNQUFNO0FBQUEsTUFDTixPQUFPO0FBQUEsTUFDUCxNQUFNLElBQUksU0FBUyxTQUFTO0FBQzFCLGtCQUFNLCtCQUFhLG9CQUFNLE9BQU8sR0FBRyxPQUFPO0FBQUEsTUFDNUM7QUFBQSxJQUNGO0FBQUEsSUFDQTtBQUFBLE1BQ0UsTUFBTTtBQUFBLE1BQ04sT0FBTztBQUFBLE1BQ1AsTUFBTSxJQUFJLFNBQVMsU0FBUztBQUMxQixjQUFNLFVBQU0sb0JBQU0sT0FBTztBQUN6QixjQUFNLFFBQVEsVUFBTSwyQkFBYSxLQUFLLGlCQUFBQSxRQUFLLEtBQUssSUFBSSxNQUFNLFFBQVEsUUFBUSxXQUFXLENBQUM7QUFDdEYsY0FBTSxRQUFRLE1BQU07QUFDcEIsWUFBSSxRQUFRLEVBQUUsS0FBSyxPQUFPLE1BQU0sTUFBTTtBQUN0QyxrQkFBTSx3QkFBVSxHQUFHO0FBQUEsTUFDckI7QUFBQSxJQUNGO0FBQUEsSUFDQTtBQUFBLElBQ0E7QUFBQSxJQUNBO0FBQUEsSUFDQTtBQUFBLEVBQ0Y7QUFBQSxFQUNBLFFBQVE7QUFDVjsiLAogICJuYW1lcyI6IFsicGF0aCJdCn0K
