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
var resumeWrites_exports = {};
__export(resumeWrites_exports, {
  resumeWrites: () => resumeWrites
});
module.exports = __toCommonJS(resumeWrites_exports);
var import_open = require("../archive/open");
var import_pause = require("../pause");
async function resumeWrites(node, options) {
  const { archive: spec } = node.config;
  const archive = await (0, import_open.openArchive)(spec, spec.clusterId, "primary");
  if (options.watch !== void 0) {
    return { leases: await (0, import_pause.watchPause)(node, archive, options.watch) ? [options.watch] : [] };
  }
  const local = await (0, import_pause.endLocalPauses)(node, archive);
  return { leases: options.expired ? [...local, ...await (0, import_pause.endExpiredPauses)(node, archive)] : local };
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  resumeWrites
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsicmVzdW1lV3JpdGVzLnRzIl0sCiAgIm1hcHBpbmdzIjogIjs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQ0Esa0JBQTRCO0FBQzVCLG1CQUE2RDtBQVk3RCxlQUFzQixhQUFhLE1BQVksU0FBaUU7QUFDOUcsUUFBTSxFQUFFLFNBQVMsS0FBSyxJQUFJLEtBQUs7QUFDL0IsUUFBTSxVQUFVLFVBQU0seUJBQVksTUFBTSxLQUFLLFdBQVcsU0FBUztBQUNqRSxNQUFJLFFBQVEsVUFBVSxRQUFXO0FBQy9CLFdBQU8sRUFBRSxRQUFTLFVBQU0seUJBQVcsTUFBTSxTQUFTLFFBQVEsS0FBSyxJQUFLLENBQUMsUUFBUSxLQUFLLElBQUksQ0FBQyxFQUFFO0FBQUEsRUFDM0Y7QUFDQSxRQUFNLFFBQVEsVUFBTSw2QkFBZSxNQUFNLE9BQU87QUFDaEQsU0FBTyxFQUFFLFFBQVEsUUFBUSxVQUFVLENBQUMsR0FBRyxPQUFPLEdBQUksVUFBTSwrQkFBaUIsTUFBTSxPQUFPLENBQUUsSUFBSSxNQUFNO0FBQ3BHOyIsCiAgIm5hbWVzIjogW10KfQo=
