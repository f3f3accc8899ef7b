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
var interrupt_exports = {};
__export(interrupt_exports, {
  interrupted: () => interrupted,
  listenForSignals: () => listenForSignals
});
module.exports = __toCommonJS(interrupt_exports);
var import_errors = require("./errors");
const controller = new AbortController();
const interrupted = controller.signal;
function listenForSignals() {
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.once(name, () => controller.abort(new import_errors.WorldFault(`stopped by ${name}; run the same command again`)));
  }
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  interrupted,
  listenForSignals
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiaW50ZXJydXB0LnRzIl0sCiAgIm1hcHBpbmdzIjogIjs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQSxvQkFBMkI7QUFFM0IsTUFBTSxhQUFhLElBQUksZ0JBQWdCO0FBR2hDLE1BQU0sY0FBMkIsV0FBVztBQUc1QyxTQUFTLG1CQUF5QjtBQUN2QyxhQUFXLFFBQVEsQ0FBQyxVQUFVLFdBQVcsUUFBUSxHQUFZO0FBQzNELFlBQVEsS0FBSyxNQUFNLE1BQU0sV0FBVyxNQUFNLElBQUkseUJBQVcsY0FBYyxJQUFJLDhCQUE4QixDQUFDLENBQUM7QUFBQSxFQUM3RztBQUNGOyIsCiAgIm5hbWVzIjogW10KfQo=
