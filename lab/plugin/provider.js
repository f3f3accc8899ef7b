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
var provider_exports = {};
__export(provider_exports, {
  CommandProvider: () => CommandProvider
});
module.exports = __toCommonJS(provider_exports);
var import_diff = require("./diff");
var import_resources = require("./resources");
var import_shapes = require("./shapes");
var import_values = require("./values");
function typeOf(urn) {
  const token = urn.split("::")[2]?.split("$").at(-1) ?? "";
  const type = import_resources.resourceTypes.get(token);
  if (!type) throw new Error(`the stand-in for the command provider does not know the type ${token}`);
  return type;
}
const nameOf = (urn) => urn.split("::").slice(3).join("::");
function withIgnored(inputs, state, ignored) {
  const kept = ignored.flatMap((key) => state[key] === void 0 ? [] : [[key, state[key]]]);
  return { ...inputs, ...Object.fromEntries(kept) };
}
class CommandProvider {
  cancelled = new AbortController();
  /** Validates inputs, fills in defaults, marks secrets. */
  check(urn, inputs) {
    const { shape } = typeOf(urn);
    const result = (0, import_shapes.checkInputs)(shape, inputs);
    if ("source" in shape) result.failures.push(...sourceFailures(result.inputs));
    return result;
  }
  /** Compares old and new inputs. */
  diff(urn, compared) {
    const { shape } = typeOf(urn);
    const found = (0, import_diff.differences)(compared.olds, withIgnored(compared.news, compared.state, compared.ignored));
    const result = { detailed: /* @__PURE__ */ new Map(), changed: [], replaces: [] };
    for (const [path, kind] of found) {
      const replace = shape[path]?.replaceOnChanges === true;
      result.detailed.set(path, { kind, replace });
      result.changed.push((0, import_diff.head)(path));
      if (replace) result.replaces.push((0, import_diff.head)(path));
    }
    return result;
  }
  /** Creates a resource, or says what is known of it in a preview. */
  create(request, inputs) {
    const type = typeOf(request.urn);
    const name = nameOf(request.urn);
    if (request.preview) return Promise.resolve(type.previewCreate(name, inputs));
    return this.run(request, (operation) => type.create(name, inputs, operation));
  }
  /** Updates a resource, or says what is known of it in a preview. */
  update(request, state, news, ignored) {
    const type = typeOf(request.urn);
    const inputs = withIgnored(news, state, ignored);
    if (request.preview) return Promise.resolve(type.previewUpdate(state, inputs));
    return this.run(request, (operation) => type.update(state, inputs, operation));
  }
  /** Deletes a resource. */
  delete(request, state) {
    return this.run(request, (operation) => typeOf(request.urn).delete(state, operation));
  }
  /** Runs a function of the package. It runs in previews too. */
  invoke(token, args, log) {
    if (token !== "command:local:run") throw new Error(`the stand-in for the command provider does not know ${token}`);
    const { inputs, failures } = (0, import_shapes.checkInputs)(import_shapes.shapes[token], args);
    if (failures.length > 0) return Promise.resolve({ failures });
    const request = { urn: "", log, preview: false, timeoutSeconds: 0 };
    return this.run(request, async (operation) => ({ failures, outputs: await (0, import_resources.invokeRun)(inputs, operation) }));
  }
  /** Ends what is under way and lets nothing new begin. */
  cancel() {
    this.cancelled.abort();
  }
  async run(request, work) {
    const limit = new AbortController();
    const abort = () => limit.abort();
    if (this.cancelled.signal.aborted) abort();
    this.cancelled.signal.addEventListener("abort", abort);
    const seconds = Math.trunc(request.timeoutSeconds);
    const timer = seconds > 0 ? setTimeout(abort, seconds * 1e3) : void 0;
    try {
      return await work({ log: request.log, signal: limit.signal });
    } finally {
      clearTimeout(timer);
      this.cancelled.signal.removeEventListener("abort", abort);
    }
  }
}
function sourceFailures(inputs) {
  const source = inputs["source"];
  if (source === void 0 || (0, import_values.isUnknown)(source)) return [];
  const kind = (0, import_values.assetKind)(source);
  const members = source;
  if (kind === "asset" && !members["path"] && members["text"] === void 0) {
    return [{ property: "asset", reason: "asset must be a path-based file asset or a text asset" }];
  }
  if (kind === "archive" && !members["path"]) {
    return [{ property: "archive", reason: "archive must be a path to a file or directory" }];
  }
  return [];
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  CommandProvider
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsicHJvdmlkZXIudHMiXSwKICAibWFwcGluZ3MiOiAiOzs7Ozs7Ozs7Ozs7Ozs7OztBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQSxrQkFBa0M7QUFFbEMsdUJBQTBFO0FBQzFFLG9CQUFrRDtBQUNsRCxvQkFBc0Q7QUE4QnRELFNBQVMsT0FBTyxLQUEyQjtBQUN6QyxRQUFNLFFBQVEsSUFBSSxNQUFNLElBQUksRUFBRSxDQUFDLEdBQUcsTUFBTSxHQUFHLEVBQUUsR0FBRyxFQUFFLEtBQUs7QUFDdkQsUUFBTSxPQUFPLCtCQUFjLElBQUksS0FBSztBQUNwQyxNQUFJLENBQUMsS0FBTSxPQUFNLElBQUksTUFBTSxnRUFBZ0UsS0FBSyxFQUFFO0FBQ2xHLFNBQU87QUFDVDtBQUVBLE1BQU0sU0FBUyxDQUFDLFFBQWdCLElBQUksTUFBTSxJQUFJLEVBQUUsTUFBTSxDQUFDLEVBQUUsS0FBSyxJQUFJO0FBR2xFLFNBQVMsWUFBWSxRQUFvQixPQUFtQixTQUF3QztBQUNsRyxRQUFNLE9BQU8sUUFBUSxRQUFRLENBQUMsUUFBUyxNQUFNLEdBQUcsTUFBTSxTQUFZLENBQUMsSUFBSSxDQUFDLENBQUMsS0FBSyxNQUFNLEdBQUcsQ0FBQyxDQUFVLENBQUU7QUFDcEcsU0FBTyxFQUFFLEdBQUcsUUFBUSxHQUFHLE9BQU8sWUFBWSxJQUFJLEVBQUU7QUFDbEQ7QUFHTyxNQUFNLGdCQUFnQjtBQUFBLEVBQ1YsWUFBWSxJQUFJLGdCQUFnQjtBQUFBO0FBQUEsRUFHakQsTUFBTSxLQUFhLFFBQWlFO0FBQ2xGLFVBQU0sRUFBRSxNQUFNLElBQUksT0FBTyxHQUFHO0FBQzVCLFVBQU0sYUFBUywyQkFBWSxPQUFPLE1BQU07QUFDeEMsUUFBSSxZQUFZLE1BQU8sUUFBTyxTQUFTLEtBQUssR0FBRyxlQUFlLE9BQU8sTUFBTSxDQUFDO0FBQzVFLFdBQU87QUFBQSxFQUNUO0FBQUE7QUFBQSxFQUdBLEtBQUssS0FBYSxVQUFnQztBQUNoRCxVQUFNLEVBQUUsTUFBTSxJQUFJLE9BQU8sR0FBRztBQUM1QixVQUFNLFlBQVEseUJBQVksU0FBUyxNQUFNLFlBQVksU0FBUyxNQUFNLFNBQVMsT0FBTyxTQUFTLE9BQU8sQ0FBQztBQUNyRyxVQUFNLFNBQXFCLEVBQUUsVUFBVSxvQkFBSSxJQUFJLEdBQUcsU0FBUyxDQUFDLEdBQUcsVUFBVSxDQUFDLEVBQUU7QUFDNUUsZUFBVyxDQUFDLE1BQU0sSUFBSSxLQUFLLE9BQU87QUFFaEMsWUFBTSxVQUFVLE1BQU0sSUFBSSxHQUFHLHFCQUFxQjtBQUNsRCxhQUFPLFNBQVMsSUFBSSxNQUFNLEVBQUUsTUFBTSxRQUFRLENBQUM7QUFDM0MsYUFBTyxRQUFRLFNBQUssa0JBQUssSUFBSSxDQUFDO0FBQzlCLFVBQUksUUFBUyxRQUFPLFNBQVMsU0FBSyxrQkFBSyxJQUFJLENBQUM7QUFBQSxJQUM5QztBQUNBLFdBQU87QUFBQSxFQUNUO0FBQUE7QUFBQSxFQUdBLE9BQU8sU0FBa0IsUUFBc0M7QUFDN0QsVUFBTSxPQUFPLE9BQU8sUUFBUSxHQUFHO0FBQy9CLFVBQU0sT0FBTyxPQUFPLFFBQVEsR0FBRztBQUMvQixRQUFJLFFBQVEsUUFBUyxRQUFPLFFBQVEsUUFBUSxLQUFLLGNBQWMsTUFBTSxNQUFNLENBQUM7QUFDNUUsV0FBTyxLQUFLLElBQUksU0FBUyxDQUFDLGNBQWMsS0FBSyxPQUFPLE1BQU0sUUFBUSxTQUFTLENBQUM7QUFBQSxFQUM5RTtBQUFBO0FBQUEsRUFHQSxPQUFPLFNBQWtCLE9BQW1CLE1BQWtCLFNBQWlEO0FBQzdHLFVBQU0sT0FBTyxPQUFPLFFBQVEsR0FBRztBQUMvQixVQUFNLFNBQVMsWUFBWSxNQUFNLE9BQU8sT0FBTztBQUMvQyxRQUFJLFFBQVEsUUFBUyxRQUFPLFFBQVEsUUFBUSxLQUFLLGNBQWMsT0FBTyxNQUFNLENBQUM7QUFDN0UsV0FBTyxLQUFLLElBQUksU0FBUyxDQUFDLGNBQWMsS0FBSyxPQUFPLE9BQU8sUUFBUSxTQUFTLENBQUM7QUFBQSxFQUMvRTtBQUFBO0FBQUEsRUFHQSxPQUFPLFNBQWtCLE9BQWtDO0FBQ3pELFdBQU8sS0FBSyxJQUFJLFNBQVMsQ0FBQyxjQUFjLE9BQU8sUUFBUSxHQUFHLEVBQUUsT0FBTyxPQUFPLFNBQVMsQ0FBQztBQUFBLEVBQ3RGO0FBQUE7QUFBQSxFQUdBLE9BQU8sT0FBZSxNQUFrQixLQUFrRTtBQUN4RyxRQUFJLFVBQVUsb0JBQXFCLE9BQU0sSUFBSSxNQUFNLHVEQUF1RCxLQUFLLEVBQUU7QUFDakgsVUFBTSxFQUFFLFFBQVEsU0FBUyxRQUFJLDJCQUFZLHFCQUFPLEtBQUssR0FBRyxJQUFJO0FBQzVELFFBQUksU0FBUyxTQUFTLEVBQUcsUUFBTyxRQUFRLFFBQVEsRUFBRSxTQUFTLENBQUM7QUFDNUQsVUFBTSxVQUFVLEVBQUUsS0FBSyxJQUFJLEtBQUssU0FBUyxPQUFPLGdCQUFnQixFQUFFO0FBQ2xFLFdBQU8sS0FBSyxJQUFJLFNBQVMsT0FBTyxlQUFlLEVBQUUsVUFBVSxTQUFTLFVBQU0sNEJBQVUsUUFBUSxTQUFTLEVBQUUsRUFBRTtBQUFBLEVBQzNHO0FBQUE7QUFBQSxFQUdBLFNBQWU7QUFDYixTQUFLLFVBQVUsTUFBTTtBQUFBLEVBQ3ZCO0FBQUEsRUFFQSxNQUFjLElBQU8sU0FBa0IsTUFBd0Q7QUFDN0YsVUFBTSxRQUFRLElBQUksZ0JBQWdCO0FBQ2xDLFVBQU0sUUFBUSxNQUFNLE1BQU0sTUFBTTtBQUNoQyxRQUFJLEtBQUssVUFBVSxPQUFPLFFBQVMsT0FBTTtBQUN6QyxTQUFLLFVBQVUsT0FBTyxpQkFBaUIsU0FBUyxLQUFLO0FBQ3JELFVBQU0sVUFBVSxLQUFLLE1BQU0sUUFBUSxjQUFjO0FBQ2pELFVBQU0sUUFBUSxVQUFVLElBQUksV0FBVyxPQUFPLFVBQVUsR0FBSSxJQUFJO0FBQ2hFLFFBQUk7QUFDRixhQUFPLE1BQU0sS0FBSyxFQUFFLEtBQUssUUFBUSxLQUFLLFFBQVEsTUFBTSxPQUFPLENBQUM7QUFBQSxJQUM5RCxVQUFFO0FBQ0EsbUJBQWEsS0FBSztBQUNsQixXQUFLLFVBQVUsT0FBTyxvQkFBb0IsU0FBUyxLQUFLO0FBQUEsSUFDMUQ7QUFBQSxFQUNGO0FBQ0Y7QUFFQSxTQUFTLGVBQWUsUUFBK0I7QUFDckQsUUFBTSxTQUFTLE9BQU8sUUFBUTtBQUM5QixNQUFJLFdBQVcsY0FBYSx5QkFBVSxNQUFNLEVBQUcsUUFBTyxDQUFDO0FBQ3ZELFFBQU0sV0FBTyx5QkFBVSxNQUFNO0FBQzdCLFFBQU0sVUFBVTtBQUNoQixNQUFJLFNBQVMsV0FBVyxDQUFDLFFBQVEsTUFBTSxLQUFLLFFBQVEsTUFBTSxNQUFNLFFBQVc7QUFDekUsV0FBTyxDQUFDLEVBQUUsVUFBVSxTQUFTLFFBQVEsd0RBQXdELENBQUM7QUFBQSxFQUNoRztBQUNBLE1BQUksU0FBUyxhQUFhLENBQUMsUUFBUSxNQUFNLEdBQUc7QUFDMUMsV0FBTyxDQUFDLEVBQUUsVUFBVSxXQUFXLFFBQVEsZ0RBQWdELENBQUM7QUFBQSxFQUMxRjtBQUNBLFNBQU8sQ0FBQztBQUNWOyIsCiAgIm5hbWVzIjogW10KfQo=
