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
var claims_exports = {};
__export(claims_exports, {
  liveClaims: () => liveClaims,
  takeClaim: () => takeClaim
});
module.exports = __toCommonJS(claims_exports);
var import_records = require("../model/records");
var import_layout = require("../model/layout");
var import_parse = require("../model/parse");
var import_archive = require("./archive/archive");
var import_identity = require("./host/identity");
var import_errors = require("./run/errors");
const releasedSuffix = ".released.json";
async function takeClaim(archive, clusterId, claim) {
  const prefix = (0, import_layout.recordKey)(clusterId, "claims", `${claim.name}/`);
  const { highest, held } = await lookAt(archive, prefix);
  if (held !== void 0 && await alive(archive, held)) {
    const { holder, timeToLiveSeconds } = held.record;
    const until = new Date(held.since.getTime() + timeToLiveSeconds * 1e3).toISOString();
    throw new import_errors.TryLater(
      `${claim.name} is being worked on by node ${holder.node} (process ${holder.pid} on ${holder.host}) until ${until} at the latest; run it again afterwards`
    );
  }
  const epoch = highest + 1;
  const key = `${prefix}${padded(epoch)}.json`;
  const record = {
    format: "neumann-claim/1",
    name: claim.name,
    epoch,
    holder: {
      node: claim.node,
      host: await (0, import_identity.hostIdentity)(),
      pid: process.pid,
      started: await (0, import_identity.processStart)(process.pid) ?? ""
    },
    timeToLiveSeconds: claim.timeToLiveSeconds
  };
  try {
    await archive.putText(key, `${JSON.stringify(record)}
`);
  } catch (error) {
    if (error instanceof import_archive.Conflict)
      throw new import_errors.TryLater(`${claim.name} was taken by another at this moment; run it again`);
    throw error;
  }
  return {
    name: claim.name,
    epoch,
    async stillHeld() {
      const now = await lookAt(archive, prefix);
      if (now.highest !== epoch) throw new import_errors.WorldFault(`${claim.name} was taken over by another run; this one is void`);
    },
    async release() {
      await archive.putText(`${prefix}${padded(epoch)}${releasedSuffix}`, "{}\n");
    }
  };
}
async function liveClaims(archive, clusterId) {
  const names = /* @__PURE__ */ new Set();
  for (const object of await archive.list((0, import_layout.recordPrefix)(clusterId, "claims"))) {
    names.add(object.key.slice(0, object.key.lastIndexOf("/") + 1));
  }
  const live = [];
  for (const prefix of names) {
    const { held } = await lookAt(archive, prefix);
    if (held !== void 0 && await alive(archive, held)) live.push(held.record.name);
  }
  return live;
}
function padded(epoch) {
  return String(epoch).padStart(8, "0");
}
async function lookAt(archive, prefix) {
  const objects = await archive.list(prefix);
  const claims = objects.filter((object) => !object.key.endsWith(releasedSuffix));
  const last = claims.at(-1);
  if (last === void 0) return { highest: 0 };
  const highest = Number(last.key.slice(prefix.length, prefix.length + 8));
  if (objects.some((object) => object.key === `${prefix}${padded(highest)}${releasedSuffix}`)) return { highest };
  const text = await archive.getText(last.key) ?? "";
  return { highest, held: { record: (0, import_parse.parseJsonAs)(import_records.claimSchema, text, last.key), since: last.storedAt } };
}
async function alive(archive, { record, since }) {
  const { holder, timeToLiveSeconds } = record;
  if (holder.host === await (0, import_identity.hostIdentity)() && await (0, import_identity.processStart)(holder.pid) !== holder.started) return false;
  return (await archive.now()).getTime() < since.getTime() + timeToLiveSeconds * 1e3;
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  liveClaims,
  takeClaim
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiY2xhaW1zLnRzIl0sCiAgIm1hcHBpbmdzIjogIjs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQSxxQkFBOEM7QUFDOUMsb0JBQXdDO0FBQ3hDLG1CQUE0QjtBQUM1QixxQkFBdUM7QUFDdkMsc0JBQTJDO0FBQzNDLG9CQUFxQztBQWNyQyxNQUFNLGlCQUFpQjtBQVd2QixlQUFzQixVQUNwQixTQUNBLFdBQ0EsT0FDZ0I7QUFDaEIsUUFBTSxhQUFTLHlCQUFVLFdBQVcsVUFBVSxHQUFHLE1BQU0sSUFBSSxHQUFHO0FBQzlELFFBQU0sRUFBRSxTQUFTLEtBQUssSUFBSSxNQUFNLE9BQU8sU0FBUyxNQUFNO0FBQ3RELE1BQUksU0FBUyxVQUFjLE1BQU0sTUFBTSxTQUFTLElBQUksR0FBSTtBQUN0RCxVQUFNLEVBQUUsUUFBUSxrQkFBa0IsSUFBSSxLQUFLO0FBQzNDLFVBQU0sUUFBUSxJQUFJLEtBQUssS0FBSyxNQUFNLFFBQVEsSUFBSSxvQkFBb0IsR0FBSSxFQUFFLFlBQVk7QUFDcEYsVUFBTSxJQUFJO0FBQUEsTUFDUixHQUFHLE1BQU0sSUFBSSwrQkFBK0IsT0FBTyxJQUFJLGFBQWEsT0FBTyxHQUFHLE9BQU8sT0FBTyxJQUFJLFdBQVcsS0FBSztBQUFBLElBQ2xIO0FBQUEsRUFDRjtBQUNBLFFBQU0sUUFBUSxVQUFVO0FBQ3hCLFFBQU0sTUFBTSxHQUFHLE1BQU0sR0FBRyxPQUFPLEtBQUssQ0FBQztBQUNyQyxRQUFNLFNBQXNCO0FBQUEsSUFDMUIsUUFBUTtBQUFBLElBQ1IsTUFBTSxNQUFNO0FBQUEsSUFDWjtBQUFBLElBQ0EsUUFBUTtBQUFBLE1BQ04sTUFBTSxNQUFNO0FBQUEsTUFDWixNQUFNLFVBQU0sOEJBQWE7QUFBQSxNQUN6QixLQUFLLFFBQVE7QUFBQSxNQUNiLFNBQVUsVUFBTSw4QkFBYSxRQUFRLEdBQUcsS0FBTTtBQUFBLElBQ2hEO0FBQUEsSUFDQSxtQkFBbUIsTUFBTTtBQUFBLEVBQzNCO0FBQ0EsTUFBSTtBQUNGLFVBQU0sUUFBUSxRQUFRLEtBQUssR0FBRyxLQUFLLFVBQVUsTUFBTSxDQUFDO0FBQUEsQ0FBSTtBQUFBLEVBQzFELFNBQVMsT0FBTztBQUNkLFFBQUksaUJBQWlCO0FBQ25CLFlBQU0sSUFBSSx1QkFBUyxHQUFHLE1BQU0sSUFBSSxvREFBb0Q7QUFDdEYsVUFBTTtBQUFBLEVBQ1I7QUFDQSxTQUFPO0FBQUEsSUFDTCxNQUFNLE1BQU07QUFBQSxJQUNaO0FBQUEsSUFDQSxNQUFNLFlBQVk7QUFDaEIsWUFBTSxNQUFNLE1BQU0sT0FBTyxTQUFTLE1BQU07QUFDeEMsVUFBSSxJQUFJLFlBQVksTUFBTyxPQUFNLElBQUkseUJBQVcsR0FBRyxNQUFNLElBQUksa0RBQWtEO0FBQUEsSUFDakg7QUFBQSxJQUNBLE1BQU0sVUFBVTtBQUNkLFlBQU0sUUFBUSxRQUFRLEdBQUcsTUFBTSxHQUFHLE9BQU8sS0FBSyxDQUFDLEdBQUcsY0FBYyxJQUFJLE1BQU07QUFBQSxJQUM1RTtBQUFBLEVBQ0Y7QUFDRjtBQUdBLGVBQXNCLFdBQVcsU0FBa0IsV0FBc0M7QUFDdkYsUUFBTSxRQUFRLG9CQUFJLElBQVk7QUFDOUIsYUFBVyxVQUFVLE1BQU0sUUFBUSxTQUFLLDRCQUFhLFdBQVcsUUFBUSxDQUFDLEdBQUc7QUFDMUUsVUFBTSxJQUFJLE9BQU8sSUFBSSxNQUFNLEdBQUcsT0FBTyxJQUFJLFlBQVksR0FBRyxJQUFJLENBQUMsQ0FBQztBQUFBLEVBQ2hFO0FBQ0EsUUFBTSxPQUFpQixDQUFDO0FBQ3hCLGFBQVcsVUFBVSxPQUFPO0FBQzFCLFVBQU0sRUFBRSxLQUFLLElBQUksTUFBTSxPQUFPLFNBQVMsTUFBTTtBQUM3QyxRQUFJLFNBQVMsVUFBYyxNQUFNLE1BQU0sU0FBUyxJQUFJLEVBQUksTUFBSyxLQUFLLEtBQUssT0FBTyxJQUFJO0FBQUEsRUFDcEY7QUFDQSxTQUFPO0FBQ1Q7QUFFQSxTQUFTLE9BQU8sT0FBdUI7QUFDckMsU0FBTyxPQUFPLEtBQUssRUFBRSxTQUFTLEdBQUcsR0FBRztBQUN0QztBQUVBLGVBQWUsT0FBTyxTQUFrQixRQUEyRDtBQUNqRyxRQUFNLFVBQVUsTUFBTSxRQUFRLEtBQUssTUFBTTtBQUN6QyxRQUFNLFNBQVMsUUFBUSxPQUFPLENBQUMsV0FBVyxDQUFDLE9BQU8sSUFBSSxTQUFTLGNBQWMsQ0FBQztBQUM5RSxRQUFNLE9BQU8sT0FBTyxHQUFHLEVBQUU7QUFDekIsTUFBSSxTQUFTLE9BQVcsUUFBTyxFQUFFLFNBQVMsRUFBRTtBQUM1QyxRQUFNLFVBQVUsT0FBTyxLQUFLLElBQUksTUFBTSxPQUFPLFFBQVEsT0FBTyxTQUFTLENBQUMsQ0FBQztBQUN2RSxNQUFJLFFBQVEsS0FBSyxDQUFDLFdBQVcsT0FBTyxRQUFRLEdBQUcsTUFBTSxHQUFHLE9BQU8sT0FBTyxDQUFDLEdBQUcsY0FBYyxFQUFFLEVBQUcsUUFBTyxFQUFFLFFBQVE7QUFDOUcsUUFBTSxPQUFRLE1BQU0sUUFBUSxRQUFRLEtBQUssR0FBRyxLQUFNO0FBQ2xELFNBQU8sRUFBRSxTQUFTLE1BQU0sRUFBRSxZQUFRLDBCQUFZLDRCQUFhLE1BQU0sS0FBSyxHQUFHLEdBQUcsT0FBTyxLQUFLLFNBQVMsRUFBRTtBQUNyRztBQUVBLGVBQWUsTUFBTSxTQUFrQixFQUFFLFFBQVEsTUFBTSxHQUEyQjtBQUNoRixRQUFNLEVBQUUsUUFBUSxrQkFBa0IsSUFBSTtBQUN0QyxNQUFJLE9BQU8sU0FBVSxVQUFNLDhCQUFhLEtBQU8sVUFBTSw4QkFBYSxPQUFPLEdBQUcsTUFBTyxPQUFPLFFBQVMsUUFBTztBQUMxRyxVQUFRLE1BQU0sUUFBUSxJQUFJLEdBQUcsUUFBUSxJQUFJLE1BQU0sUUFBUSxJQUFJLG9CQUFvQjtBQUNqRjsiLAogICJuYW1lcyI6IFtdCn0K
