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
var layout_exports = {};
__export(layout_exports, {
  archiveMarkerKey: () => archiveMarkerKey,
  clusterPrefix: () => clusterPrefix,
  dataPrefix: () => dataPrefix,
  isBackupId: () => isBackupId,
  isClusterId: () => isClusterId,
  isRecoveryId: () => isRecoveryId,
  isSegmentName: () => isSegmentName,
  makeBackupId: () => makeBackupId,
  manifestKey: () => manifestKey,
  manifestPrefix: () => manifestPrefix,
  recordKey: () => recordKey,
  recordPrefix: () => recordPrefix,
  segmentKey: () => segmentKey,
  segmentName: () => segmentName,
  segmentNumber: () => segmentNumber,
  streamPrefix: () => streamPrefix,
  walPrefix: () => walPrefix
});
module.exports = __toCommonJS(layout_exports);
function clusterPrefix(clusterId) {
  return `${clusterId}/`;
}
function manifestPrefix(clusterId, tier) {
  return `${clusterId}/${tier}/manifest/`;
}
function manifestKey(clusterId, tier, lineage, backupId) {
  return `${manifestPrefix(clusterId, tier)}${lineage}/${backupId}.json`;
}
function dataPrefix(clusterId, tier, lineage, backupId) {
  return `${clusterId}/${tier}/data/${lineage}/${backupId}/`;
}
function walPrefix(clusterId) {
  return `${clusterId}/wal/`;
}
function streamPrefix(clusterId, lineage, stream) {
  return `${walPrefix(clusterId)}${lineage}/${stream}/`;
}
function segmentKey(clusterId, lineage, stream, segment) {
  return `${streamPrefix(clusterId, lineage, stream)}${segment}`;
}
function recordPrefix(clusterId, kind) {
  return `${clusterId}/records/${kind}/`;
}
function recordKey(clusterId, kind, name) {
  return `${recordPrefix(clusterId, kind)}${name}`;
}
function archiveMarkerKey(clusterId) {
  return `${clusterId}/records/archive.json`;
}
const segmentPattern = /^[0-9a-f]{16}\.wal$/;
function isSegmentName(name) {
  return segmentPattern.test(name);
}
function segmentNumber(name) {
  if (!segmentPattern.test(name)) throw new TypeError(`not a segment name: ${name}`);
  return BigInt(`0x${name.slice(0, 16)}`);
}
function segmentName(number) {
  return `${number.toString(16).padStart(16, "0")}.wal`;
}
const clusterIdPattern = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
function isClusterId(value) {
  return typeof value === "string" && clusterIdPattern.test(value);
}
const backupIdPattern = /^\d{8}T\d{6}Z-[0-9a-f]{8}$/;
function isBackupId(value) {
  return typeof value === "string" && backupIdPattern.test(value);
}
function makeBackupId(at, random) {
  const stamp = at.toISOString().replace(/[-:]/g, "").replace(/\.\d+/, "");
  const id = `${stamp}-${random}`;
  if (!backupIdPattern.test(id)) throw new TypeError(`not a backup id: ${id}`);
  return id;
}
const recoveryIdPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
function isRecoveryId(value) {
  return typeof value === "string" && recoveryIdPattern.test(value);
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  archiveMarkerKey,
  clusterPrefix,
  dataPrefix,
  isBackupId,
  isClusterId,
  isRecoveryId,
  isSegmentName,
  makeBackupId,
  manifestKey,
  manifestPrefix,
  recordKey,
  recordPrefix,
  segmentKey,
  segmentName,
  segmentNumber,
  streamPrefix,
  walPrefix
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsibGF5b3V0LnRzIl0sCiAgIm1hcHBpbmdzIjogIjs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFLTyxTQUFTLGNBQWMsV0FBMkI7QUFDdkQsU0FBTyxHQUFHLFNBQVM7QUFDckI7QUFFTyxTQUFTLGVBQWUsV0FBbUIsTUFBb0I7QUFDcEUsU0FBTyxHQUFHLFNBQVMsSUFBSSxJQUFJO0FBQzdCO0FBRU8sU0FBUyxZQUFZLFdBQW1CLE1BQVksU0FBaUIsVUFBMEI7QUFDcEcsU0FBTyxHQUFHLGVBQWUsV0FBVyxJQUFJLENBQUMsR0FBRyxPQUFPLElBQUksUUFBUTtBQUNqRTtBQUdPLFNBQVMsV0FBVyxXQUFtQixNQUFZLFNBQWlCLFVBQTBCO0FBQ25HLFNBQU8sR0FBRyxTQUFTLElBQUksSUFBSSxTQUFTLE9BQU8sSUFBSSxRQUFRO0FBQ3pEO0FBRU8sU0FBUyxVQUFVLFdBQTJCO0FBQ25ELFNBQU8sR0FBRyxTQUFTO0FBQ3JCO0FBR08sU0FBUyxhQUFhLFdBQW1CLFNBQWlCLFFBQXdCO0FBQ3ZGLFNBQU8sR0FBRyxVQUFVLFNBQVMsQ0FBQyxHQUFHLE9BQU8sSUFBSSxNQUFNO0FBQ3BEO0FBRU8sU0FBUyxXQUFXLFdBQW1CLFNBQWlCLFFBQWdCLFNBQXlCO0FBQ3RHLFNBQU8sR0FBRyxhQUFhLFdBQVcsU0FBUyxNQUFNLENBQUMsR0FBRyxPQUFPO0FBQzlEO0FBZU8sU0FBUyxhQUFhLFdBQW1CLE1BQTBCO0FBQ3hFLFNBQU8sR0FBRyxTQUFTLFlBQVksSUFBSTtBQUNyQztBQUVPLFNBQVMsVUFBVSxXQUFtQixNQUFrQixNQUFzQjtBQUNuRixTQUFPLEdBQUcsYUFBYSxXQUFXLElBQUksQ0FBQyxHQUFHLElBQUk7QUFDaEQ7QUFHTyxTQUFTLGlCQUFpQixXQUEyQjtBQUMxRCxTQUFPLEdBQUcsU0FBUztBQUNyQjtBQUVBLE1BQU0saUJBQWlCO0FBRWhCLFNBQVMsY0FBYyxNQUF1QjtBQUNuRCxTQUFPLGVBQWUsS0FBSyxJQUFJO0FBQ2pDO0FBR08sU0FBUyxjQUFjLE1BQXNCO0FBQ2xELE1BQUksQ0FBQyxlQUFlLEtBQUssSUFBSSxFQUFHLE9BQU0sSUFBSSxVQUFVLHVCQUF1QixJQUFJLEVBQUU7QUFDakYsU0FBTyxPQUFPLEtBQUssS0FBSyxNQUFNLEdBQUcsRUFBRSxDQUFDLEVBQUU7QUFDeEM7QUFFTyxTQUFTLFlBQVksUUFBd0I7QUFDbEQsU0FBTyxHQUFHLE9BQU8sU0FBUyxFQUFFLEVBQUUsU0FBUyxJQUFJLEdBQUcsQ0FBQztBQUNqRDtBQUVBLE1BQU0sbUJBQW1CO0FBR2xCLFNBQVMsWUFBWSxPQUFpQztBQUMzRCxTQUFPLE9BQU8sVUFBVSxZQUFZLGlCQUFpQixLQUFLLEtBQUs7QUFDakU7QUFFQSxNQUFNLGtCQUFrQjtBQUVqQixTQUFTLFdBQVcsT0FBaUM7QUFDMUQsU0FBTyxPQUFPLFVBQVUsWUFBWSxnQkFBZ0IsS0FBSyxLQUFLO0FBQ2hFO0FBR08sU0FBUyxhQUFhLElBQVUsUUFBd0I7QUFDN0QsUUFBTSxRQUFRLEdBQUcsWUFBWSxFQUFFLFFBQVEsU0FBUyxFQUFFLEVBQUUsUUFBUSxTQUFTLEVBQUU7QUFDdkUsUUFBTSxLQUFLLEdBQUcsS0FBSyxJQUFJLE1BQU07QUFDN0IsTUFBSSxDQUFDLGdCQUFnQixLQUFLLEVBQUUsRUFBRyxPQUFNLElBQUksVUFBVSxvQkFBb0IsRUFBRSxFQUFFO0FBQzNFLFNBQU87QUFDVDtBQUVBLE1BQU0sb0JBQW9CO0FBRW5CLFNBQVMsYUFBYSxPQUFpQztBQUM1RCxTQUFPLE9BQU8sVUFBVSxZQUFZLGtCQUFrQixLQUFLLEtBQUs7QUFDbEU7IiwKICAibmFtZXMiOiBbXQp9Cg==
