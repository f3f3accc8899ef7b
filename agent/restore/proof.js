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
var proof_exports = {};
__export(proof_exports, {
  bootstrapInStaging: () => bootstrapInStaging,
  isProven: () => isProven,
  noteProven: () => noteProven,
  prove: () => prove
});
module.exports = __toCommonJS(proof_exports);
var import_promises = require("node:fs/promises");
var import_node_path = __toESM(require("node:path"));
var import_promises2 = require("node:timers/promises");
var import_http = require("../database/http");
var import_scratch = require("../database/scratch");
var import_files = require("../host/files");
var import_service = require("../host/service");
var import_tree = require("../host/tree");
var import_errors = require("../run/errors");
var import_context = require("./context");
var import_promises3 = require("node:fs/promises");
var import_config = require("../database/config");
const provenMarker = "proven";
async function isProven(context) {
  const text = await (0, import_files.readIfThere)(import_node_path.default.join((0, import_context.restorePaths)(context).staging, provenMarker));
  return text?.trim() === (0, import_context.resolvedOf)(context).digest;
}
async function noteProven(context) {
  await (0, import_files.replaceFile)(import_node_path.default.join((0, import_context.restorePaths)(context).staging, provenMarker), `${(0, import_context.resolvedOf)(context).digest}
`);
}
const holdCommand = "exit 75";
function dataOf(context) {
  return import_node_path.default.join((0, import_context.restorePaths)(context).tree, "data");
}
async function bootstrapInStaging(context, control) {
  const { node } = context;
  const configFile = await (0, import_scratch.scratchConfig)(node, {
    directory: import_node_path.default.join((0, import_context.restorePaths)(context).staging, "config"),
    dataDirectory: dataOf(context),
    archiveCommand: holdCommand
  });
  const admin = node.admin.withConfig(configFile);
  await control.point();
  await admin.mustRun(["init-cluster", "--bootstrap"], { timeoutSeconds: 600 });
  const { code, stderr } = await admin.run(["verify-checksums"], { timeoutSeconds: 3600 });
  if (code !== 0)
    throw new import_errors.Damaged(`the staged data fails verify-checksums: ${stderr.trim()}. Nothing was put in place.`);
}
const proofDeadlineMs = 12e4;
async function prove(context, manifest, control) {
  const { proof } = (0, import_context.restorePaths)(context);
  await (0, import_promises.rm)(proof, { recursive: true, force: true });
  const dataDirectory = import_node_path.default.join(proof, "data");
  await (0, import_tree.copyTree)(dataOf(context), dataDirectory);
  const configFile = await (0, import_scratch.scratchConfig)(context.node, {
    directory: proof,
    dataDirectory,
    archiveCommand: holdCommand
  });
  const service = new import_service.ProcessService({ ...context.node.config.node, configFile }, null);
  await service.start();
  try {
    await control.point();
    await question(context, configFile, manifest);
  } finally {
    await service.stop();
  }
  await (0, import_promises.rm)(proof, { recursive: true, force: true });
}
async function question(context, configFile, manifest) {
  const admin = context.node.admin.withConfig(configFile);
  await leadsAlone(new import_http.AdminHttp(await adminUrlOf(configFile)));
  await admin.mustRun(["resume-writes"], { timeoutSeconds: 30 });
  const found = await admin.totalEntries();
  if (manifest.totalEntries !== null && found !== null && found < manifest.totalEntries) {
    throw new import_errors.Damaged(
      `a copy of the restored data counts ${found} entries; the manifest promises at least ${manifest.totalEntries}`
    );
  }
  await takesWrites(admin);
}
async function leadsAlone(http) {
  for (const deadline = Date.now() + proofDeadlineMs; Date.now() < deadline; await (0, import_promises2.setTimeout)(50)) {
    const metrics = await http.metrics().catch(() => void 0);
    if (metrics?.role === "leader") return;
  }
  throw new import_errors.WorldFault(
    "the copy of the restored data did not start and lead alone. Look at the log beside its configuration."
  );
}
async function takesWrites(admin) {
  const statements = [
    "CREATE TABLE neumann_backup_probe (k INT, v TEXT)",
    "INSERT INTO neumann_backup_probe (k, v) VALUES (1, 'probe')",
    "SELECT COUNT(*) FROM neumann_backup_probe"
  ];
  const answers = await admin.mustRun(["query", "-"], { input: `${statements.join("\n")}
`, timeoutSeconds: 60 });
  const [, inserted, counted] = answers.trim().split("\n");
  if (inserted?.trim() !== "OK" || !/\b1\b/.test(counted ?? "")) {
    throw new import_errors.WorldFault(`a copy of the restored data takes no writes: ${answers.trim().slice(0, 300)}`);
  }
}
async function adminUrlOf(configFile) {
  const tables = (0, import_config.parseConfig)(await (0, import_promises3.readFile)(configFile, "utf8"), configFile);
  return `http://${String(tables.metrics?.bind_address)}`;
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  bootstrapInStaging,
  isProven,
  noteProven,
  prove
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsicHJvb2YudHMiXSwKICAibWFwcGluZ3MiOiAiOzs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUEsc0JBQW1CO0FBQ25CLHVCQUFpQjtBQUNqQixJQUFBQSxtQkFBb0M7QUFHcEMsa0JBQTBCO0FBQzFCLHFCQUE4QjtBQUM5QixtQkFBeUM7QUFDekMscUJBQStCO0FBQy9CLGtCQUF5QjtBQUN6QixvQkFBb0M7QUFFcEMscUJBQThEO0FBQzlELElBQUFBLG1CQUF5QjtBQUN6QixvQkFBNEI7QUFFNUIsTUFBTSxlQUFlO0FBR3JCLGVBQXNCLFNBQVMsU0FBMkM7QUFDeEUsUUFBTSxPQUFPLFVBQU0sMEJBQVksaUJBQUFDLFFBQUssU0FBSyw2QkFBYSxPQUFPLEVBQUUsU0FBUyxZQUFZLENBQUM7QUFDckYsU0FBTyxNQUFNLEtBQUssVUFBTSwyQkFBVyxPQUFPLEVBQUU7QUFDOUM7QUFHQSxlQUFzQixXQUFXLFNBQXdDO0FBQ3ZFLFlBQU0sMEJBQVksaUJBQUFBLFFBQUssU0FBSyw2QkFBYSxPQUFPLEVBQUUsU0FBUyxZQUFZLEdBQUcsT0FBRywyQkFBVyxPQUFPLEVBQUUsTUFBTTtBQUFBLENBQUk7QUFDN0c7QUFHQSxNQUFNLGNBQWM7QUFFcEIsU0FBUyxPQUFPLFNBQWlDO0FBQy9DLFNBQU8saUJBQUFBLFFBQUssU0FBSyw2QkFBYSxPQUFPLEVBQUUsTUFBTSxNQUFNO0FBQ3JEO0FBR0EsZUFBc0IsbUJBQW1CLFNBQXlCLFNBQXFDO0FBQ3JHLFFBQU0sRUFBRSxLQUFLLElBQUk7QUFDakIsUUFBTSxhQUFhLFVBQU0sOEJBQWMsTUFBTTtBQUFBLElBQzNDLFdBQVcsaUJBQUFBLFFBQUssU0FBSyw2QkFBYSxPQUFPLEVBQUUsU0FBUyxRQUFRO0FBQUEsSUFDNUQsZUFBZSxPQUFPLE9BQU87QUFBQSxJQUM3QixnQkFBZ0I7QUFBQSxFQUNsQixDQUFDO0FBQ0QsUUFBTSxRQUFRLEtBQUssTUFBTSxXQUFXLFVBQVU7QUFDOUMsUUFBTSxRQUFRLE1BQU07QUFDcEIsUUFBTSxNQUFNLFFBQVEsQ0FBQyxnQkFBZ0IsYUFBYSxHQUFHLEVBQUUsZ0JBQWdCLElBQUksQ0FBQztBQUM1RSxRQUFNLEVBQUUsTUFBTSxPQUFPLElBQUksTUFBTSxNQUFNLElBQUksQ0FBQyxrQkFBa0IsR0FBRyxFQUFFLGdCQUFnQixLQUFLLENBQUM7QUFDdkYsTUFBSSxTQUFTO0FBQ1gsVUFBTSxJQUFJLHNCQUFRLDJDQUEyQyxPQUFPLEtBQUssQ0FBQyw2QkFBNkI7QUFDM0c7QUFFQSxNQUFNLGtCQUFrQjtBQUd4QixlQUFzQixNQUFNLFNBQXlCLFVBQW9CLFNBQXFDO0FBQzVHLFFBQU0sRUFBRSxNQUFNLFFBQUksNkJBQWEsT0FBTztBQUN0QyxZQUFNLG9CQUFHLE9BQU8sRUFBRSxXQUFXLE1BQU0sT0FBTyxLQUFLLENBQUM7QUFDaEQsUUFBTSxnQkFBZ0IsaUJBQUFBLFFBQUssS0FBSyxPQUFPLE1BQU07QUFDN0MsWUFBTSxzQkFBUyxPQUFPLE9BQU8sR0FBRyxhQUFhO0FBQzdDLFFBQU0sYUFBYSxVQUFNLDhCQUFjLFFBQVEsTUFBTTtBQUFBLElBQ25ELFdBQVc7QUFBQSxJQUNYO0FBQUEsSUFDQSxnQkFBZ0I7QUFBQSxFQUNsQixDQUFDO0FBQ0QsUUFBTSxVQUFVLElBQUksOEJBQWUsRUFBRSxHQUFHLFFBQVEsS0FBSyxPQUFPLE1BQU0sV0FBVyxHQUFHLElBQUk7QUFDcEYsUUFBTSxRQUFRLE1BQU07QUFDcEIsTUFBSTtBQUNGLFVBQU0sUUFBUSxNQUFNO0FBQ3BCLFVBQU0sU0FBUyxTQUFTLFlBQVksUUFBUTtBQUFBLEVBQzlDLFVBQUU7QUFDQSxVQUFNLFFBQVEsS0FBSztBQUFBLEVBQ3JCO0FBQ0EsWUFBTSxvQkFBRyxPQUFPLEVBQUUsV0FBVyxNQUFNLE9BQU8sS0FBSyxDQUFDO0FBQ2xEO0FBRUEsZUFBZSxTQUFTLFNBQXlCLFlBQW9CLFVBQW1DO0FBQ3RHLFFBQU0sUUFBUSxRQUFRLEtBQUssTUFBTSxXQUFXLFVBQVU7QUFDdEQsUUFBTSxXQUFXLElBQUksc0JBQVUsTUFBTSxXQUFXLFVBQVUsQ0FBQyxDQUFDO0FBQzVELFFBQU0sTUFBTSxRQUFRLENBQUMsZUFBZSxHQUFHLEVBQUUsZ0JBQWdCLEdBQUcsQ0FBQztBQUM3RCxRQUFNLFFBQVEsTUFBTSxNQUFNLGFBQWE7QUFDdkMsTUFBSSxTQUFTLGlCQUFpQixRQUFRLFVBQVUsUUFBUSxRQUFRLFNBQVMsY0FBYztBQUNyRixVQUFNLElBQUk7QUFBQSxNQUNSLHNDQUFzQyxLQUFLLDRDQUE0QyxTQUFTLFlBQVk7QUFBQSxJQUM5RztBQUFBLEVBQ0Y7QUFDQSxRQUFNLFlBQVksS0FBSztBQUN6QjtBQUVBLGVBQWUsV0FBVyxNQUFnQztBQUN4RCxhQUFXLFdBQVcsS0FBSyxJQUFJLElBQUksaUJBQWlCLEtBQUssSUFBSSxJQUFJLFVBQVUsVUFBTSxpQkFBQUMsWUFBTSxFQUFFLEdBQUc7QUFDMUYsVUFBTSxVQUFVLE1BQU0sS0FBSyxRQUFRLEVBQUUsTUFBTSxNQUFNLE1BQVM7QUFDMUQsUUFBSSxTQUFTLFNBQVMsU0FBVTtBQUFBLEVBQ2xDO0FBQ0EsUUFBTSxJQUFJO0FBQUEsSUFDUjtBQUFBLEVBQ0Y7QUFDRjtBQUVBLGVBQWUsWUFBWSxPQUE2QjtBQUN0RCxRQUFNLGFBQWE7QUFBQSxJQUNqQjtBQUFBLElBQ0E7QUFBQSxJQUNBO0FBQUEsRUFDRjtBQUNBLFFBQU0sVUFBVSxNQUFNLE1BQU0sUUFBUSxDQUFDLFNBQVMsR0FBRyxHQUFHLEVBQUUsT0FBTyxHQUFHLFdBQVcsS0FBSyxJQUFJLENBQUM7QUFBQSxHQUFNLGdCQUFnQixHQUFHLENBQUM7QUFDL0csUUFBTSxDQUFDLEVBQUUsVUFBVSxPQUFPLElBQUksUUFBUSxLQUFLLEVBQUUsTUFBTSxJQUFJO0FBQ3ZELE1BQUksVUFBVSxLQUFLLE1BQU0sUUFBUSxDQUFDLFFBQVEsS0FBSyxXQUFXLEVBQUUsR0FBRztBQUM3RCxVQUFNLElBQUkseUJBQVcsZ0RBQWdELFFBQVEsS0FBSyxFQUFFLE1BQU0sR0FBRyxHQUFHLENBQUMsRUFBRTtBQUFBLEVBQ3JHO0FBQ0Y7QUFFQSxlQUFlLFdBQVcsWUFBcUM7QUFDN0QsUUFBTSxhQUFTLDJCQUFZLFVBQU0sMkJBQVMsWUFBWSxNQUFNLEdBQUcsVUFBVTtBQUN6RSxTQUFPLFVBQVUsT0FBTyxPQUFPLFNBQVMsWUFBWSxDQUFDO0FBQ3ZEOyIsCiAgIm5hbWVzIjogWyJpbXBvcnRfcHJvbWlzZXMiLCAicGF0aCIsICJzbGVlcCJdCn0K
