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
var config_exports = {};
__export(config_exports, {
  changeConfig: () => changeConfig,
  editConfig: () => editConfig,
  parseConfig: () => parseConfig
});
module.exports = __toCommonJS(config_exports);
var import_toml_patch = require("@decimalturn/toml-patch");
var import_promises = require("node:fs/promises");
var import_mistakes = require("../../model/mistakes");
var import_files = require("../host/files");
function parseConfig(text, file) {
  try {
    return (0, import_toml_patch.parse)(text);
  } catch (error) {
    const problem = `is no TOML: ${error.message.split("\n")[0]}`;
    const remedy = "Mend the file; it was not touched.";
    throw new import_mistakes.InputError("The database's configuration cannot be read", [
      { path: file, problem, received: text.slice(0, 60), remedy }
    ]);
  }
}
function editConfig(text, changes, file) {
  const tables = parseConfig(text, file);
  for (const [table, keys] of Object.entries(changes)) {
    const values = { ...tables[table] };
    for (const [key, value] of Object.entries(keys)) {
      if (value === void 0) delete values[key];
      else values[key] = value;
    }
    if (Object.keys(values).length > 0 || tables[table] !== void 0) tables[table] = values;
  }
  return (0, import_toml_patch.patch)(text, tables);
}
async function changeConfig(file, changes) {
  const before = await (0, import_promises.readFile)(file, "utf8");
  if (holds(parseConfig(before, file), changes)) return false;
  const { mode, uid, gid } = await (0, import_promises.stat)(file);
  await (0, import_files.replaceFile)(file, editConfig(before, changes, file), mode & 4095);
  if (process.getuid?.() === 0) await (0, import_promises.chown)(file, uid, gid);
  return true;
}
function holds(tables, changes) {
  return Object.entries(changes).every(
    ([table, keys]) => Object.entries(keys).every(([key, value]) => JSON.stringify(tables[table]?.[key]) === JSON.stringify(value))
  );
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  changeConfig,
  editConfig,
  parseConfig
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiY29uZmlnLnRzIl0sCiAgIm1hcHBpbmdzIjogIjs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBLHdCQUE2QjtBQUM3QixzQkFBc0M7QUFDdEMsc0JBQTJCO0FBQzNCLG1CQUE0QjtBQVNyQixTQUFTLFlBQVksTUFBYyxNQUE0QjtBQUNwRSxNQUFJO0FBQ0YsZUFBTyx5QkFBTSxJQUFJO0FBQUEsRUFDbkIsU0FBUyxPQUFPO0FBQ2QsVUFBTSxVQUFVLGVBQWdCLE1BQWdCLFFBQVEsTUFBTSxJQUFJLEVBQUUsQ0FBQyxDQUFDO0FBQ3RFLFVBQU0sU0FBUztBQUNmLFVBQU0sSUFBSSwyQkFBVywrQ0FBK0M7QUFBQSxNQUNsRSxFQUFFLE1BQU0sTUFBTSxTQUFTLFVBQVUsS0FBSyxNQUFNLEdBQUcsRUFBRSxHQUFHLE9BQU87QUFBQSxJQUM3RCxDQUFDO0FBQUEsRUFDSDtBQUNGO0FBR08sU0FBUyxXQUFXLE1BQWMsU0FBd0IsTUFBc0I7QUFDckYsUUFBTSxTQUFTLFlBQVksTUFBTSxJQUFJO0FBQ3JDLGFBQVcsQ0FBQyxPQUFPLElBQUksS0FBSyxPQUFPLFFBQVEsT0FBTyxHQUFHO0FBQ25ELFVBQU0sU0FBa0MsRUFBRSxHQUFHLE9BQU8sS0FBSyxFQUFFO0FBQzNELGVBQVcsQ0FBQyxLQUFLLEtBQUssS0FBSyxPQUFPLFFBQVEsSUFBSSxHQUFHO0FBQy9DLFVBQUksVUFBVSxPQUFXLFFBQU8sT0FBTyxHQUFHO0FBQUEsVUFDckMsUUFBTyxHQUFHLElBQUk7QUFBQSxJQUNyQjtBQUNBLFFBQUksT0FBTyxLQUFLLE1BQU0sRUFBRSxTQUFTLEtBQUssT0FBTyxLQUFLLE1BQU0sT0FBVyxRQUFPLEtBQUssSUFBSTtBQUFBLEVBQ3JGO0FBQ0EsYUFBTyx5QkFBTSxNQUFNLE1BQU07QUFDM0I7QUFHQSxlQUFzQixhQUFhLE1BQWMsU0FBMEM7QUFDekYsUUFBTSxTQUFTLFVBQU0sMEJBQVMsTUFBTSxNQUFNO0FBQzFDLE1BQUksTUFBTSxZQUFZLFFBQVEsSUFBSSxHQUFHLE9BQU8sRUFBRyxRQUFPO0FBQ3RELFFBQU0sRUFBRSxNQUFNLEtBQUssSUFBSSxJQUFJLFVBQU0sc0JBQUssSUFBSTtBQUMxQyxZQUFNLDBCQUFZLE1BQU0sV0FBVyxRQUFRLFNBQVMsSUFBSSxHQUFHLE9BQU8sSUFBTTtBQUN4RSxNQUFJLFFBQVEsU0FBUyxNQUFNLEVBQUcsV0FBTSx1QkFBTSxNQUFNLEtBQUssR0FBRztBQUN4RCxTQUFPO0FBQ1Q7QUFFQSxTQUFTLE1BQU0sUUFBc0IsU0FBaUM7QUFDcEUsU0FBTyxPQUFPLFFBQVEsT0FBTyxFQUFFO0FBQUEsSUFBTSxDQUFDLENBQUMsT0FBTyxJQUFJLE1BQ2hELE9BQU8sUUFBUSxJQUFJLEVBQUUsTUFBTSxDQUFDLENBQUMsS0FBSyxLQUFLLE1BQU0sS0FBSyxVQUFVLE9BQU8sS0FBSyxJQUFJLEdBQUcsQ0FBQyxNQUFNLEtBQUssVUFBVSxLQUFLLENBQUM7QUFBQSxFQUM3RztBQUNGOyIsCiAgIm5hbWVzIjogW10KfQo=
