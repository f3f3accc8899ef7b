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
var environment_exports = {};
__export(environment_exports, {
  refusedVariables: () => refusedVariables
});
module.exports = __toCommonJS(environment_exports);
async function refusedVariables(client, variables) {
  const internals = client;
  const channel = await new Promise((resolve, reject) => {
    const id = internals._chanMgr.add((error, opened) => error ? reject(error) : resolve(opened));
    if (id === -1) reject(new Error("no free channel"));
    else internals._protocol.session(id, 2 * 1024 * 1024, 32 * 1024);
  });
  try {
    const answers = Object.entries(variables).map(
      ([key, value]) => new Promise((resolve) => {
        channel._callbacks.push((refused) => resolve(refused ? [key] : []));
        internals._protocol.env(channel.outgoing.id, key, value, true);
      })
    );
    return (await Promise.all(answers)).flat();
  } finally {
    channel.close();
  }
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  refusedVariables
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiZW52aXJvbm1lbnQudHMiXSwKICAibWFwcGluZ3MiOiAiOzs7Ozs7Ozs7Ozs7Ozs7OztBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFxQkEsZUFBc0IsaUJBQWlCLFFBQWdCLFdBQXNEO0FBQzNHLFFBQU0sWUFBWTtBQUNsQixRQUFNLFVBQVUsTUFBTSxJQUFJLFFBQW9CLENBQUMsU0FBUyxXQUFXO0FBQ2pFLFVBQU0sS0FBSyxVQUFVLFNBQVMsSUFBSSxDQUFDLE9BQU8sV0FBWSxRQUFRLE9BQU8sS0FBSyxJQUFJLFFBQVEsTUFBTSxDQUFFO0FBQzlGLFFBQUksT0FBTyxHQUFJLFFBQU8sSUFBSSxNQUFNLGlCQUFpQixDQUFDO0FBQUEsUUFDN0MsV0FBVSxVQUFVLFFBQVEsSUFBSSxJQUFJLE9BQU8sTUFBTSxLQUFLLElBQUk7QUFBQSxFQUNqRSxDQUFDO0FBQ0QsTUFBSTtBQUNGLFVBQU0sVUFBVSxPQUFPLFFBQVEsU0FBUyxFQUFFO0FBQUEsTUFDeEMsQ0FBQyxDQUFDLEtBQUssS0FBSyxNQUNWLElBQUksUUFBa0IsQ0FBQyxZQUFZO0FBQ2pDLGdCQUFRLFdBQVcsS0FBSyxDQUFDLFlBQVksUUFBUSxVQUFVLENBQUMsR0FBRyxJQUFJLENBQUMsQ0FBQyxDQUFDO0FBQ2xFLGtCQUFVLFVBQVUsSUFBSSxRQUFRLFNBQVMsSUFBSSxLQUFLLE9BQU8sSUFBSTtBQUFBLE1BQy9ELENBQUM7QUFBQSxJQUNMO0FBQ0EsWUFBUSxNQUFNLFFBQVEsSUFBSSxPQUFPLEdBQUcsS0FBSztBQUFBLEVBQzNDLFVBQUU7QUFDQSxZQUFRLE1BQU07QUFBQSxFQUNoQjtBQUNGOyIsCiAgIm5hbWVzIjogW10KfQo=
