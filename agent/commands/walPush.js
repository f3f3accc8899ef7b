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
var walPush_exports = {};
__export(walPush_exports, {
  walPush: () => walPush
});
module.exports = __toCommonJS(walPush_exports);
var import_node_path = __toESM(require("node:path"));
var import_layout = require("../../model/layout");
var import_mistakes = require("../../model/mistakes");
var import_archive = require("../archive/archive");
var import_open = require("../archive/open");
var import_files = require("../host/files");
var import_errors = require("../run/errors");
var import_stream = require("../stream");
const walPush = {
  name: "wal-push",
  steps: [
    { name: "check", title: "check what is offered", run: check },
    { name: "stream", title: "find the stream", run: findStream },
    { name: "store", title: "store the segment", run: store },
    { name: "note", title: "note that it is stored", run: note }
  ]
};
async function check(push) {
  const { segment, file } = push;
  if (!(0, import_layout.isSegmentName)(segment) || import_node_path.default.basename(file) !== segment) {
    const remedy = "archive_command is: neumann-backup wal-push %p %f";
    const problem = "is no segment with its path";
    throw new import_mistakes.InputError("wal-push cannot store this", [
      { path: "%p %f", problem, received: `${file} ${segment}`, remedy }
    ]);
  }
  if (await (0, import_files.exists)(push.node.paths.hold)) {
    throw new import_errors.TryLater("archiving is held until the recovery is accepted; the segment stays in raft/wal");
  }
  const { archive } = push.node.config;
  push.archive = await (0, import_open.openArchive)(archive, archive.clusterId, "primary");
}
async function findStream(push, control) {
  const state = await (0, import_stream.readStream)(push.node);
  const reason = await (0, import_stream.whyNewStream)(push.node, state, push.segment);
  push.stream = reason === null ? state : await begin(push, reason, state);
  if (reason !== null && reason !== "start") control.note(alarm(reason, push));
  const free = await (0, import_files.freeBytes)(push.node.config.node.dataDirectory);
  const limit = push.node.config.policy.wal.freeSpaceAlarmMebibytes * 1024 * 1024;
  if (free < limit)
    control.note(`ALARM: ${Math.floor(free / 1024 / 1024)} MiB are free for the log, less than the policy's limit`);
}
function begin(push, reason, parent) {
  const start = { segment: push.segment, reason, parent: parent?.stream ?? null };
  return (0, import_stream.beginStream)(push.node, push.archive, start);
}
function alarm(reason, push) {
  return `ALARM: ${push.segment} begins a new stream (${reason}); nothing was overwritten, a new base backup is needed`;
}
async function store(push, control) {
  await control.point();
  try {
    push.created = await put(push);
  } catch (error) {
    if (!(error instanceof import_archive.Conflict)) throw error;
    push.stream = await begin(push, "fork", push.stream);
    control.note(alarm("fork", push));
    push.created = await put(push);
  }
}
async function put(push) {
  const { lineage, stream } = push.stream;
  const key = (0, import_layout.segmentKey)(push.node.config.archive.clusterId, lineage, stream, push.segment);
  return (await push.archive.putFile(key, push.file)).created;
}
async function note(push) {
  const stream = push.stream;
  const { lastPushed } = stream;
  if (lastPushed !== null && (0, import_layout.segmentNumber)(push.segment) <= (0, import_layout.segmentNumber)(lastPushed)) return;
  await (0, import_stream.noteStream)(push.node, { ...stream, lastPushed: push.segment });
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  walPush
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsid2FsUHVzaC50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7OztBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQSx1QkFBaUI7QUFDakIsb0JBQXlEO0FBQ3pELHNCQUEyQjtBQUMzQixxQkFBdUM7QUFDdkMsa0JBQTRCO0FBRTVCLG1CQUFrQztBQUNsQyxvQkFBeUI7QUFFekIsb0JBQW9GO0FBYTdFLE1BQU0sVUFBOEI7QUFBQSxFQUN6QyxNQUFNO0FBQUEsRUFDTixPQUFPO0FBQUEsSUFDTCxFQUFFLE1BQU0sU0FBUyxPQUFPLHlCQUF5QixLQUFLLE1BQU07QUFBQSxJQUM1RCxFQUFFLE1BQU0sVUFBVSxPQUFPLG1CQUFtQixLQUFLLFdBQVc7QUFBQSxJQUM1RCxFQUFFLE1BQU0sU0FBUyxPQUFPLHFCQUFxQixLQUFLLE1BQU07QUFBQSxJQUN4RCxFQUFFLE1BQU0sUUFBUSxPQUFPLDBCQUEwQixLQUFLLEtBQUs7QUFBQSxFQUM3RDtBQUNGO0FBRUEsZUFBZSxNQUFNLE1BQThCO0FBQ2pELFFBQU0sRUFBRSxTQUFTLEtBQUssSUFBSTtBQUMxQixNQUFJLEtBQUMsNkJBQWMsT0FBTyxLQUFLLGlCQUFBQSxRQUFLLFNBQVMsSUFBSSxNQUFNLFNBQVM7QUFDOUQsVUFBTSxTQUFTO0FBQ2YsVUFBTSxVQUFVO0FBQ2hCLFVBQU0sSUFBSSwyQkFBVyw4QkFBOEI7QUFBQSxNQUNqRCxFQUFFLE1BQU0sU0FBUyxTQUFTLFVBQVUsR0FBRyxJQUFJLElBQUksT0FBTyxJQUFJLE9BQU87QUFBQSxJQUNuRSxDQUFDO0FBQUEsRUFDSDtBQUNBLE1BQUksVUFBTSxxQkFBTyxLQUFLLEtBQUssTUFBTSxJQUFJLEdBQUc7QUFDdEMsVUFBTSxJQUFJLHVCQUFTLGlGQUFpRjtBQUFBLEVBQ3RHO0FBQ0EsUUFBTSxFQUFFLFFBQVEsSUFBSSxLQUFLLEtBQUs7QUFDOUIsT0FBSyxVQUFVLFVBQU0seUJBQVksU0FBUyxRQUFRLFdBQVcsU0FBUztBQUN4RTtBQUVBLGVBQWUsV0FBVyxNQUFlLFNBQXlEO0FBQ2hHLFFBQU0sUUFBUSxVQUFNLDBCQUFXLEtBQUssSUFBSTtBQUN4QyxRQUFNLFNBQVMsVUFBTSw0QkFBYSxLQUFLLE1BQU0sT0FBTyxLQUFLLE9BQU87QUFDaEUsT0FBSyxTQUFTLFdBQVcsT0FBTyxRQUFRLE1BQU0sTUFBTSxNQUFNLFFBQVEsS0FBSztBQUN2RSxNQUFJLFdBQVcsUUFBUSxXQUFXLFFBQVMsU0FBUSxLQUFLLE1BQU0sUUFBUSxJQUFJLENBQUM7QUFDM0UsUUFBTSxPQUFPLFVBQU0sd0JBQVUsS0FBSyxLQUFLLE9BQU8sS0FBSyxhQUFhO0FBQ2hFLFFBQU0sUUFBUSxLQUFLLEtBQUssT0FBTyxPQUFPLElBQUksMEJBQTBCLE9BQU87QUFDM0UsTUFBSSxPQUFPO0FBQ1QsWUFBUSxLQUFLLFVBQVUsS0FBSyxNQUFNLE9BQU8sT0FBTyxJQUFJLENBQUMseURBQXlEO0FBQ2xIO0FBRUEsU0FBUyxNQUFNLE1BQWUsUUFBZ0IsUUFBdUQ7QUFDbkcsUUFBTSxRQUFRLEVBQUUsU0FBUyxLQUFLLFNBQVMsUUFBUSxRQUFRLFFBQVEsVUFBVSxLQUFLO0FBQzlFLGFBQU8sMkJBQVksS0FBSyxNQUFNLEtBQUssU0FBb0IsS0FBSztBQUM5RDtBQUVBLFNBQVMsTUFBTSxRQUFnQixNQUF1QjtBQUNwRCxTQUFPLFVBQVUsS0FBSyxPQUFPLHlCQUF5QixNQUFNO0FBQzlEO0FBRUEsZUFBZSxNQUFNLE1BQWUsU0FBaUY7QUFDbkgsUUFBTSxRQUFRLE1BQU07QUFDcEIsTUFBSTtBQUNGLFNBQUssVUFBVSxNQUFNLElBQUksSUFBSTtBQUFBLEVBQy9CLFNBQVMsT0FBTztBQUNkLFFBQUksRUFBRSxpQkFBaUIseUJBQVcsT0FBTTtBQUV4QyxTQUFLLFNBQVMsTUFBTSxNQUFNLE1BQU0sUUFBUSxLQUFLLE1BQU07QUFDbkQsWUFBUSxLQUFLLE1BQU0sUUFBUSxJQUFJLENBQUM7QUFDaEMsU0FBSyxVQUFVLE1BQU0sSUFBSSxJQUFJO0FBQUEsRUFDL0I7QUFDRjtBQUVBLGVBQWUsSUFBSSxNQUFpQztBQUNsRCxRQUFNLEVBQUUsU0FBUyxPQUFPLElBQUksS0FBSztBQUNqQyxRQUFNLFVBQU0sMEJBQVcsS0FBSyxLQUFLLE9BQU8sUUFBUSxXQUFXLFNBQVMsUUFBUSxLQUFLLE9BQU87QUFDeEYsVUFBUSxNQUFPLEtBQUssUUFBb0IsUUFBUSxLQUFLLEtBQUssSUFBSSxHQUFHO0FBQ25FO0FBRUEsZUFBZSxLQUFLLE1BQThCO0FBQ2hELFFBQU0sU0FBUyxLQUFLO0FBQ3BCLFFBQU0sRUFBRSxXQUFXLElBQUk7QUFDdkIsTUFBSSxlQUFlLFlBQVEsNkJBQWMsS0FBSyxPQUFPLFNBQUssNkJBQWMsVUFBVSxFQUFHO0FBQ3JGLFlBQU0sMEJBQVcsS0FBSyxNQUFNLEVBQUUsR0FBRyxRQUFRLFlBQVksS0FBSyxRQUFRLENBQUM7QUFDckU7IiwKICAibmFtZXMiOiBbInBhdGgiXQp9Cg==
