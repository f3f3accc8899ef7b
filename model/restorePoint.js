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
var restorePoint_exports = {};
__export(restorePoint_exports, {
  parseRestorePoint: () => parseRestorePoint,
  restorePointGrammar: () => restorePointGrammar
});
module.exports = __toCommonJS(restorePoint_exports);
var import_layout = require("./layout");
var import_mistakes = require("./mistakes");
const restorePointGrammar = "latest-offsite | latest | backup:ID";
function parseRestorePoint(text) {
  if (text === "latest-offsite" || text === "latest") return { kind: text };
  const backupId = text.startsWith("backup:") ? text.slice("backup:".length) : void 0;
  if (backupId !== void 0 && (0, import_layout.isBackupId)(backupId)) return { kind: "backup", backupId };
  const remedy = `Write one of: ${restorePointGrammar}. An ID is as \`neumann-backup list\` shows it.`;
  const mistake = { path: "restorePoint", problem: "is no restore point", received: text, remedy };
  throw new import_mistakes.InputError("The restore point cannot be used", [mistake]);
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  parseRestorePoint,
  restorePointGrammar
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsicmVzdG9yZVBvaW50LnRzIl0sCiAgIm1hcHBpbmdzIjogIjs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQSxvQkFBMkI7QUFDM0Isc0JBQTJCO0FBS3BCLE1BQU0sc0JBQXNCO0FBRzVCLFNBQVMsa0JBQWtCLE1BQTRCO0FBQzVELE1BQUksU0FBUyxvQkFBb0IsU0FBUyxTQUFVLFFBQU8sRUFBRSxNQUFNLEtBQUs7QUFDeEUsUUFBTSxXQUFXLEtBQUssV0FBVyxTQUFTLElBQUksS0FBSyxNQUFNLFVBQVUsTUFBTSxJQUFJO0FBQzdFLE1BQUksYUFBYSxjQUFhLDBCQUFXLFFBQVEsRUFBRyxRQUFPLEVBQUUsTUFBTSxVQUFVLFNBQVM7QUFDdEYsUUFBTSxTQUFTLGlCQUFpQixtQkFBbUI7QUFDbkQsUUFBTSxVQUFVLEVBQUUsTUFBTSxnQkFBZ0IsU0FBUyx1QkFBdUIsVUFBVSxNQUFNLE9BQU87QUFDL0YsUUFBTSxJQUFJLDJCQUFXLG9DQUFvQyxDQUFDLE9BQU8sQ0FBQztBQUNwRTsiLAogICJuYW1lcyI6IFtdCn0K
