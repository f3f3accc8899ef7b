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
var scratch_exports = {};
__export(scratch_exports, {
  freePort: () => freePort,
  scratchConfig: () => scratchConfig
});
module.exports = __toCommonJS(scratch_exports);
var import_promises = require("node:fs/promises");
var import_node_net = require("node:net");
var import_node_path = __toESM(require("node:path"));
var import_files = require("../host/files");
var import_config = require("./config");
function freePort() {
  return new Promise((resolve, reject) => {
    const server = (0, import_node_net.createServer)();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
async function scratchConfig(node, copy) {
  const [raft, admin] = await Promise.all([freePort(), freePort()]);
  const source = node.config.node.configFile;
  const text = (0, import_config.editConfig)(
    await (0, import_promises.readFile)(source, "utf8"),
    {
      node: { data_dir: copy.dataDirectory, bind_address: `127.0.0.1:${raft}` },
      cluster: { peers: [] },
      wal: { archive_command: copy.archiveCommand, archive_timeout: void 0 },
      metrics: { bind_address: `127.0.0.1:${admin}` }
    },
    source
  );
  await (0, import_files.makeDirectory)(copy.directory, 448);
  const file = import_node_path.default.join(copy.directory, "config.toml");
  await (0, import_files.replaceFile)(file, text, 384);
  return file;
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  freePort,
  scratchConfig
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsic2NyYXRjaC50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7OztBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBLHNCQUF5QjtBQUN6QixzQkFBNkI7QUFDN0IsdUJBQWlCO0FBRWpCLG1CQUEyQztBQUMzQyxvQkFBMkI7QUFHcEIsU0FBUyxXQUE0QjtBQUMxQyxTQUFPLElBQUksUUFBUSxDQUFDLFNBQVMsV0FBVztBQUN0QyxVQUFNLGFBQVMsOEJBQWE7QUFDNUIsV0FBTyxLQUFLLFNBQVMsTUFBTTtBQUMzQixXQUFPLE9BQU8sR0FBRyxhQUFhLE1BQU07QUFDbEMsWUFBTSxVQUFVLE9BQU8sUUFBUTtBQUMvQixZQUFNLE9BQU8sT0FBTyxZQUFZLFlBQVksWUFBWSxPQUFPLFFBQVEsT0FBTztBQUM5RSxhQUFPLE1BQU0sTUFBTSxRQUFRLElBQUksQ0FBQztBQUFBLElBQ2xDLENBQUM7QUFBQSxFQUNILENBQUM7QUFDSDtBQU1BLGVBQXNCLGNBQ3BCLE1BQ0EsTUFDaUI7QUFDakIsUUFBTSxDQUFDLE1BQU0sS0FBSyxJQUFJLE1BQU0sUUFBUSxJQUFJLENBQUMsU0FBUyxHQUFHLFNBQVMsQ0FBQyxDQUFDO0FBQ2hFLFFBQU0sU0FBUyxLQUFLLE9BQU8sS0FBSztBQUNoQyxRQUFNLFdBQU87QUFBQSxJQUNYLFVBQU0sMEJBQVMsUUFBUSxNQUFNO0FBQUEsSUFDN0I7QUFBQSxNQUNFLE1BQU0sRUFBRSxVQUFVLEtBQUssZUFBZSxjQUFjLGFBQWEsSUFBSSxHQUFHO0FBQUEsTUFDeEUsU0FBUyxFQUFFLE9BQU8sQ0FBQyxFQUFFO0FBQUEsTUFDckIsS0FBSyxFQUFFLGlCQUFpQixLQUFLLGdCQUFnQixpQkFBaUIsT0FBVTtBQUFBLE1BQ3hFLFNBQVMsRUFBRSxjQUFjLGFBQWEsS0FBSyxHQUFHO0FBQUEsSUFDaEQ7QUFBQSxJQUNBO0FBQUEsRUFDRjtBQUNBLFlBQU0sNEJBQWMsS0FBSyxXQUFXLEdBQUs7QUFDekMsUUFBTSxPQUFPLGlCQUFBQSxRQUFLLEtBQUssS0FBSyxXQUFXLGFBQWE7QUFDcEQsWUFBTSwwQkFBWSxNQUFNLE1BQU0sR0FBSztBQUNuQyxTQUFPO0FBQ1Q7IiwKICAibmFtZXMiOiBbInBhdGgiXQp9Cg==
