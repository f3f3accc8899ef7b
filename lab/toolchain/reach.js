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
var reach_exports = {};
__export(reach_exports, {
  unreachable: () => unreachable
});
module.exports = __toCommonJS(reach_exports);
async function unreachable(url, timeoutSeconds, signal) {
  const limit = AbortSignal.timeout(timeoutSeconds * 1e3);
  try {
    const response = await fetch(url, { method: "HEAD", signal: signal ? AbortSignal.any([limit, signal]) : limit });
    return response.ok ? void 0 : `${url} answers ${response.status}`;
  } catch (error) {
    signal?.throwIfAborted();
    return `${url} cannot be reached: ${describe(error)}`;
  }
}
function describe(error) {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return "no answer in time";
  return error.cause instanceof Error ? error.cause.message : error.message;
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  unreachable
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsicmVhY2gudHMiXSwKICAibWFwcGluZ3MiOiAiOzs7Ozs7Ozs7Ozs7Ozs7OztBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFJQSxlQUFzQixZQUNwQixLQUNBLGdCQUNBLFFBQzZCO0FBQzdCLFFBQU0sUUFBUSxZQUFZLFFBQVEsaUJBQWlCLEdBQUk7QUFDdkQsTUFBSTtBQUNGLFVBQU0sV0FBVyxNQUFNLE1BQU0sS0FBSyxFQUFFLFFBQVEsUUFBUSxRQUFRLFNBQVMsWUFBWSxJQUFJLENBQUMsT0FBTyxNQUFNLENBQUMsSUFBSSxNQUFNLENBQUM7QUFDL0csV0FBTyxTQUFTLEtBQUssU0FBWSxHQUFHLEdBQUcsWUFBWSxTQUFTLE1BQU07QUFBQSxFQUNwRSxTQUFTLE9BQU87QUFDZCxZQUFRLGVBQWU7QUFDdkIsV0FBTyxHQUFHLEdBQUcsdUJBQXVCLFNBQVMsS0FBSyxDQUFDO0FBQUEsRUFDckQ7QUFDRjtBQUVBLFNBQVMsU0FBUyxPQUF3QjtBQUN4QyxNQUFJLEVBQUUsaUJBQWlCLE9BQVEsUUFBTyxPQUFPLEtBQUs7QUFDbEQsTUFBSSxNQUFNLFNBQVMsZUFBZ0IsUUFBTztBQUMxQyxTQUFPLE1BQU0saUJBQWlCLFFBQVEsTUFBTSxNQUFNLFVBQVUsTUFBTTtBQUNwRTsiLAogICJuYW1lcyI6IFtdCn0K
