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
var swap_exports = {};
__export(swap_exports, {
  swapIn: () => swapIn,
  swapUnderWay: () => swapUnderWay
});
module.exports = __toCommonJS(swap_exports);
var import_promises = require("node:fs/promises");
var import_node_path = __toESM(require("node:path"));
var v = __toESM(require("valibot"));
var import_parse = require("../../model/parse");
var import_files = require("../host/files");
var import_errors = require("../run/errors");
var import_context = require("./context");
const journalSchema = v.object({
  format: v.literal("neumann-swap/1"),
  recoveryId: v.string(),
  moves: v.array(v.object({ from: v.string(), to: v.string() }))
});
async function readJournal(context) {
  const { journal } = (0, import_context.restorePaths)(context);
  const text = await (0, import_files.readIfThere)(journal);
  return text === void 0 ? void 0 : (0, import_parse.parseJsonAs)(journalSchema, text, journal);
}
async function swapUnderWay(context) {
  return (await readJournal(context))?.recoveryId === context.spec.plan.recoveryId;
}
const units = ["raft", "store"];
async function swapIn(context, control) {
  const { dataDirectory } = context.node.config.node;
  const paths = (0, import_context.restorePaths)(context);
  const journal = await readJournal(context) ?? await writeJournal(context);
  for (const move of journal.moves) {
    await moveOnce(move);
    await control.point();
  }
  context.mark = await (0, import_context.readMark)(dataDirectory);
  await (0, import_files.removeFile)(paths.journal);
}
async function writeJournal(context) {
  const { dataDirectory } = context.node.config.node;
  const paths = (0, import_context.restorePaths)(context);
  const { recoveryId } = context.spec.plan;
  const mark = {
    format: "neumann-recovery-mark/1",
    recoveryId,
    digest: (0, import_context.resolvedOf)(context).digest,
    how: "restored"
  };
  const stagedMark = import_node_path.default.join(paths.staging, `${import_files.ownPrefix}-mark`);
  await (0, import_files.replaceFile)(stagedMark, `${JSON.stringify(mark)}
`);
  await (0, import_files.makeDirectory)(paths.aside, 448);
  const asides = units.map((unit) => ({ from: import_node_path.default.join(dataDirectory, unit), to: import_node_path.default.join(paths.aside, unit) }));
  const there = await Promise.all(asides.map(({ from }) => (0, import_files.exists)(from)));
  const journal = {
    format: "neumann-swap/1",
    recoveryId,
    moves: [
      // Only what is there now: after the swap the same name is the new data.
      ...asides.filter((_, index) => there[index]),
      ...units.map((unit) => ({ from: import_node_path.default.join(paths.tree, "data", unit), to: import_node_path.default.join(dataDirectory, unit) })),
      { from: stagedMark, to: (0, import_context.markFile)(dataDirectory) }
    ]
  };
  await (0, import_files.replaceFile)(paths.journal, `${JSON.stringify(journal)}
`);
  return journal;
}
async function moveOnce({ from, to }) {
  if (await (0, import_files.exists)(to)) return;
  if (!await (0, import_files.exists)(from))
    throw new import_errors.WorldFault(`neither ${from} nor ${to} is there: somebody else moved it. Nothing was deleted.`);
  await (0, import_promises.rename)(from, to);
  await (0, import_files.syncDirectory)(import_node_path.default.dirname(from));
  await (0, import_files.syncDirectory)(import_node_path.default.dirname(to));
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  swapIn,
  swapUnderWay
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsic3dhcC50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7OztBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBLHNCQUF1QjtBQUN2Qix1QkFBaUI7QUFDakIsUUFBbUI7QUFDbkIsbUJBQTRCO0FBQzVCLG1CQUFzRztBQUN0RyxvQkFBMkI7QUFFM0IscUJBQXFHO0FBU3JHLE1BQU0sZ0JBQW1ELEVBQUUsT0FBTztBQUFBLEVBQ2hFLFFBQVEsRUFBRSxRQUFRLGdCQUFnQjtBQUFBLEVBQ2xDLFlBQVksRUFBRSxPQUFPO0FBQUEsRUFDckIsT0FBTyxFQUFFLE1BQU0sRUFBRSxPQUFPLEVBQUUsTUFBTSxFQUFFLE9BQU8sR0FBRyxJQUFJLEVBQUUsT0FBTyxFQUFFLENBQUMsQ0FBQztBQUMvRCxDQUFDO0FBRUQsZUFBZSxZQUFZLFNBQXVEO0FBQ2hGLFFBQU0sRUFBRSxRQUFRLFFBQUksNkJBQWEsT0FBTztBQUN4QyxRQUFNLE9BQU8sVUFBTSwwQkFBWSxPQUFPO0FBQ3RDLFNBQU8sU0FBUyxTQUFZLGFBQVksMEJBQVksZUFBZSxNQUFNLE9BQU87QUFDbEY7QUFHQSxlQUFzQixhQUFhLFNBQTJDO0FBQzVFLFVBQVEsTUFBTSxZQUFZLE9BQU8sSUFBSSxlQUFlLFFBQVEsS0FBSyxLQUFLO0FBQ3hFO0FBR0EsTUFBTSxRQUFRLENBQUMsUUFBUSxPQUFPO0FBRzlCLGVBQXNCLE9BQU8sU0FBeUIsU0FBcUM7QUFDekYsUUFBTSxFQUFFLGNBQWMsSUFBSSxRQUFRLEtBQUssT0FBTztBQUM5QyxRQUFNLFlBQVEsNkJBQWEsT0FBTztBQUNsQyxRQUFNLFVBQVcsTUFBTSxZQUFZLE9BQU8sS0FBTyxNQUFNLGFBQWEsT0FBTztBQUMzRSxhQUFXLFFBQVEsUUFBUSxPQUFPO0FBQ2hDLFVBQU0sU0FBUyxJQUFJO0FBQ25CLFVBQU0sUUFBUSxNQUFNO0FBQUEsRUFDdEI7QUFDQSxVQUFRLE9BQU8sVUFBTSx5QkFBUyxhQUFhO0FBQzNDLFlBQU0seUJBQVcsTUFBTSxPQUFPO0FBQ2hDO0FBRUEsZUFBZSxhQUFhLFNBQTJDO0FBQ3JFLFFBQU0sRUFBRSxjQUFjLElBQUksUUFBUSxLQUFLLE9BQU87QUFDOUMsUUFBTSxZQUFRLDZCQUFhLE9BQU87QUFDbEMsUUFBTSxFQUFFLFdBQVcsSUFBSSxRQUFRLEtBQUs7QUFDcEMsUUFBTSxPQUFxQjtBQUFBLElBQ3pCLFFBQVE7QUFBQSxJQUNSO0FBQUEsSUFDQSxZQUFRLDJCQUFXLE9BQU8sRUFBRTtBQUFBLElBQzVCLEtBQUs7QUFBQSxFQUNQO0FBQ0EsUUFBTSxhQUFhLGlCQUFBQSxRQUFLLEtBQUssTUFBTSxTQUFTLEdBQUcsc0JBQVMsT0FBTztBQUMvRCxZQUFNLDBCQUFZLFlBQVksR0FBRyxLQUFLLFVBQVUsSUFBSSxDQUFDO0FBQUEsQ0FBSTtBQUN6RCxZQUFNLDRCQUFjLE1BQU0sT0FBTyxHQUFLO0FBQ3RDLFFBQU0sU0FBUyxNQUFNLElBQUksQ0FBQyxVQUFVLEVBQUUsTUFBTSxpQkFBQUEsUUFBSyxLQUFLLGVBQWUsSUFBSSxHQUFHLElBQUksaUJBQUFBLFFBQUssS0FBSyxNQUFNLE9BQU8sSUFBSSxFQUFFLEVBQUU7QUFDL0csUUFBTSxRQUFRLE1BQU0sUUFBUSxJQUFJLE9BQU8sSUFBSSxDQUFDLEVBQUUsS0FBSyxVQUFNLHFCQUFPLElBQUksQ0FBQyxDQUFDO0FBQ3RFLFFBQU0sVUFBbUI7QUFBQSxJQUN2QixRQUFRO0FBQUEsSUFDUjtBQUFBLElBQ0EsT0FBTztBQUFBO0FBQUEsTUFFTCxHQUFHLE9BQU8sT0FBTyxDQUFDLEdBQUcsVUFBVSxNQUFNLEtBQUssQ0FBQztBQUFBLE1BQzNDLEdBQUcsTUFBTSxJQUFJLENBQUMsVUFBVSxFQUFFLE1BQU0saUJBQUFBLFFBQUssS0FBSyxNQUFNLE1BQU0sUUFBUSxJQUFJLEdBQUcsSUFBSSxpQkFBQUEsUUFBSyxLQUFLLGVBQWUsSUFBSSxFQUFFLEVBQUU7QUFBQSxNQUMxRyxFQUFFLE1BQU0sWUFBWSxRQUFJLHlCQUFTLGFBQWEsRUFBRTtBQUFBLElBQ2xEO0FBQUEsRUFDRjtBQUNBLFlBQU0sMEJBQVksTUFBTSxTQUFTLEdBQUcsS0FBSyxVQUFVLE9BQU8sQ0FBQztBQUFBLENBQUk7QUFDL0QsU0FBTztBQUNUO0FBRUEsZUFBZSxTQUFTLEVBQUUsTUFBTSxHQUFHLEdBQWdEO0FBQ2pGLE1BQUksVUFBTSxxQkFBTyxFQUFFLEVBQUc7QUFDdEIsTUFBSSxDQUFFLFVBQU0scUJBQU8sSUFBSTtBQUNyQixVQUFNLElBQUkseUJBQVcsV0FBVyxJQUFJLFFBQVEsRUFBRSx5REFBeUQ7QUFDekcsWUFBTSx3QkFBTyxNQUFNLEVBQUU7QUFDckIsWUFBTSw0QkFBYyxpQkFBQUEsUUFBSyxRQUFRLElBQUksQ0FBQztBQUN0QyxZQUFNLDRCQUFjLGlCQUFBQSxRQUFLLFFBQVEsRUFBRSxDQUFDO0FBQ3RDOyIsCiAgIm5hbWVzIjogWyJwYXRoIl0KfQo=
