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
var policy_exports = {};
__export(policy_exports, {
  resolvePolicy: () => resolvePolicy,
  standardPolicy: () => standardPolicy
});
module.exports = __toCommonJS(policy_exports);
var import_mistakes = require("./mistakes");
var import_tier = require("./tier");
const hour = 60;
const day = 24 * hour;
const standardPolicy = {
  snapshots: {
    everyEntries: 1e4,
    everyMinutes: 15,
    minIntervalSeconds: 300,
    retentionDays: 7,
    keepAtLeast: 3,
    recoveryPointMinutes: 15,
    recoveryTimeMinutes: 30
  },
  full: {
    everyMinutes: day,
    retentionDays: 30,
    keepAtLeast: 3,
    recoveryPointMinutes: day,
    recoveryTimeMinutes: 4 * hour,
    maxPauseSeconds: 60
  },
  offsite: {
    everyMinutes: 7 * day,
    retentionDays: 365,
    keepAtLeast: 4,
    recoveryPointMinutes: 7 * day,
    recoveryTimeMinutes: 8 * hour,
    maxSourceAgeHours: 48
  },
  wal: {
    archiveTimeoutSeconds: 60,
    retentionDays: 30,
    arrivalDeadlineSeconds: 900,
    freeSpaceAlarmMebibytes: 2048
  }
};
function resolvePolicy(overrides = {}, path = "policy") {
  const mistakes = new import_mistakes.Mistakes();
  refuseUnknown(overrides, path, mistakes);
  const policy = {
    snapshots: { ...standardPolicy.snapshots, ...defined(overrides.snapshots) },
    full: { ...standardPolicy.full, ...defined(overrides.full) },
    offsite: { ...standardPolicy.offsite, ...defined(overrides.offsite) },
    wal: { ...standardPolicy.wal, ...defined(overrides.wal) }
  };
  checkNumbers(policy, path, mistakes);
  if (mistakes.all.length === 0) checkContradictions(policy, path, mistakes);
  mistakes.throwIfAny("The backup policy cannot be used");
  return policy;
}
function defined(part) {
  const entries = Object.entries(part ?? {}).filter(([, value]) => value !== void 0);
  return Object.fromEntries(entries);
}
function refuseUnknown(overrides, path, mistakes) {
  for (const [section, values] of Object.entries(overrides)) {
    const known = standardPolicy[section];
    if (known === void 0) {
      const names = Object.keys(standardPolicy).join(", ");
      mistakes.add(`${path}.${section}`, "is no part of a policy", values, `Use one of: ${names}.`);
      continue;
    }
    for (const [key, value] of Object.entries(values ?? {})) {
      if (key in known) continue;
      const names = Object.keys(known).join(", ");
      mistakes.add(`${path}.${section}.${key}`, "is not known", value, `Use one of: ${names}.`);
    }
  }
}
const ranges = {
  everyMinutes: [1, 366 * day],
  everyEntries: [1, 1e9],
  minIntervalSeconds: [0, 86400],
  retentionDays: [1, 36500],
  keepAtLeast: [1, 1e4],
  recoveryPointMinutes: [1, 366 * day],
  recoveryTimeMinutes: [1, 366 * day],
  maxPauseSeconds: [5, 3600],
  maxSourceAgeHours: [1, 24 * 366],
  archiveTimeoutSeconds: [1, 86400],
  arrivalDeadlineSeconds: [5, 86400],
  freeSpaceAlarmMebibytes: [1, 1e9]
};
function checkNumbers(policy, path, mistakes) {
  for (const [section, values] of Object.entries(policy)) {
    for (const [key, value] of Object.entries(values)) {
      const range = ranges[key];
      if (range === void 0) continue;
      const [least, greatest] = range;
      const good = typeof value === "number" && Number.isInteger(value) && value >= least && value <= greatest;
      if (good) continue;
      const problem = `must be a whole number from ${least} to ${greatest}`;
      mistakes.add(`${path}.${section}.${key}`, problem, value, `Leave it out for ${standardValue(section, key)}.`);
    }
  }
}
function standardValue(section, key) {
  const standard = standardPolicy;
  return `the standard value, ${standard[section]?.[key]}`;
}
function checkContradictions(policy, path, mistakes) {
  for (const tier of import_tier.tiers) checkTier(policy[tier], `${path}.${tier}`, mistakes);
  checkAcrossTiers(policy, path, mistakes);
  checkPauseAndWal(policy, path, mistakes);
}
function checkTier(tier, path, mistakes) {
  mistakes.require(tier.everyMinutes <= tier.recoveryPointMinutes, {
    path: `${path}.everyMinutes`,
    problem: `backups this far apart cannot keep a recovery point of ${tier.recoveryPointMinutes} minutes`,
    received: tier.everyMinutes,
    remedy: `Write at most ${tier.recoveryPointMinutes}, or raise ${path}.recoveryPointMinutes.`
  });
  mistakes.require(tier.everyMinutes <= tier.retentionDays * day, {
    path: `${path}.retentionDays`,
    problem: `a backup would expire before the next one is taken (every ${tier.everyMinutes} minutes)`,
    received: tier.retentionDays,
    remedy: `Write at least ${Math.ceil(tier.everyMinutes / day)}, or take backups more often.`
  });
}
function checkAcrossTiers(policy, path, mistakes) {
  const { full, offsite, snapshots } = policy;
  mistakes.require(offsite.maxSourceAgeHours * hour >= full.everyMinutes, {
    path: `${path}.offsite.maxSourceAgeHours`,
    problem: `full backups are taken every ${full.everyMinutes} minutes, so most are too old to be copied off-site`,
    received: offsite.maxSourceAgeHours,
    remedy: `Write at least ${Math.ceil(full.everyMinutes / hour)}.`
  });
  mistakes.require(offsite.maxSourceAgeHours <= full.retentionDays * 24, {
    path: `${path}.offsite.maxSourceAgeHours`,
    problem: `full backups are kept for ${full.retentionDays} days only`,
    received: offsite.maxSourceAgeHours,
    remedy: `Write at most ${full.retentionDays * 24}.`
  });
  mistakes.require(snapshots.minIntervalSeconds <= snapshots.everyMinutes * 60, {
    path: `${path}.snapshots.minIntervalSeconds`,
    problem: `contradicts a snapshot every ${snapshots.everyMinutes} minutes`,
    received: snapshots.minIntervalSeconds,
    remedy: `Write at most ${snapshots.everyMinutes * 60}.`
  });
}
function checkPauseAndWal(policy, path, mistakes) {
  const { wal, full, snapshots } = policy;
  mistakes.require(wal.arrivalDeadlineSeconds > 2 * wal.archiveTimeoutSeconds, {
    path: `${path}.wal.arrivalDeadlineSeconds`,
    problem: `a segment may take ${wal.archiveTimeoutSeconds} s to be finished, so good backups would be called void`,
    received: wal.arrivalDeadlineSeconds,
    remedy: `Write more than ${2 * wal.archiveTimeoutSeconds}.`
  });
  mistakes.require(wal.retentionDays >= snapshots.retentionDays, {
    path: `${path}.wal.retentionDays`,
    problem: `snapshots are kept for ${snapshots.retentionDays} days and could not be rolled forward`,
    received: wal.retentionDays,
    remedy: `Write at least ${snapshots.retentionDays}.`
  });
  mistakes.require(full.maxPauseSeconds <= full.recoveryPointMinutes * 60, {
    path: `${path}.full.maxPauseSeconds`,
    problem: `is longer than the recovery point objective`,
    received: full.maxPauseSeconds,
    remedy: `Write at most ${full.recoveryPointMinutes * 60}.`
  });
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  resolvePolicy,
  standardPolicy
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsicG9saWN5LnRzIl0sCiAgIm1hcHBpbmdzIjogIjs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQSxzQkFBeUI7QUFDekIsa0JBQXNCO0FBd0R0QixNQUFNLE9BQU87QUFDYixNQUFNLE1BQU0sS0FBSztBQUdWLE1BQU0saUJBQStCO0FBQUEsRUFDMUMsV0FBVztBQUFBLElBQ1QsY0FBYztBQUFBLElBQ2QsY0FBYztBQUFBLElBQ2Qsb0JBQW9CO0FBQUEsSUFDcEIsZUFBZTtBQUFBLElBQ2YsYUFBYTtBQUFBLElBQ2Isc0JBQXNCO0FBQUEsSUFDdEIscUJBQXFCO0FBQUEsRUFDdkI7QUFBQSxFQUNBLE1BQU07QUFBQSxJQUNKLGNBQWM7QUFBQSxJQUNkLGVBQWU7QUFBQSxJQUNmLGFBQWE7QUFBQSxJQUNiLHNCQUFzQjtBQUFBLElBQ3RCLHFCQUFxQixJQUFJO0FBQUEsSUFDekIsaUJBQWlCO0FBQUEsRUFDbkI7QUFBQSxFQUNBLFNBQVM7QUFBQSxJQUNQLGNBQWMsSUFBSTtBQUFBLElBQ2xCLGVBQWU7QUFBQSxJQUNmLGFBQWE7QUFBQSxJQUNiLHNCQUFzQixJQUFJO0FBQUEsSUFDMUIscUJBQXFCLElBQUk7QUFBQSxJQUN6QixtQkFBbUI7QUFBQSxFQUNyQjtBQUFBLEVBQ0EsS0FBSztBQUFBLElBQ0gsdUJBQXVCO0FBQUEsSUFDdkIsZUFBZTtBQUFBLElBQ2Ysd0JBQXdCO0FBQUEsSUFDeEIseUJBQXlCO0FBQUEsRUFDM0I7QUFDRjtBQWNPLFNBQVMsY0FBYyxZQUFtQyxDQUFDLEdBQUcsT0FBTyxVQUF3QjtBQUNsRyxRQUFNLFdBQVcsSUFBSSx5QkFBUztBQUM5QixnQkFBYyxXQUFXLE1BQU0sUUFBUTtBQUN2QyxRQUFNLFNBQXVCO0FBQUEsSUFDM0IsV0FBVyxFQUFFLEdBQUcsZUFBZSxXQUFXLEdBQUcsUUFBUSxVQUFVLFNBQVMsRUFBRTtBQUFBLElBQzFFLE1BQU0sRUFBRSxHQUFHLGVBQWUsTUFBTSxHQUFHLFFBQVEsVUFBVSxJQUFJLEVBQUU7QUFBQSxJQUMzRCxTQUFTLEVBQUUsR0FBRyxlQUFlLFNBQVMsR0FBRyxRQUFRLFVBQVUsT0FBTyxFQUFFO0FBQUEsSUFDcEUsS0FBSyxFQUFFLEdBQUcsZUFBZSxLQUFLLEdBQUcsUUFBUSxVQUFVLEdBQUcsRUFBRTtBQUFBLEVBQzFEO0FBQ0EsZUFBYSxRQUFRLE1BQU0sUUFBUTtBQUVuQyxNQUFJLFNBQVMsSUFBSSxXQUFXLEVBQUcscUJBQW9CLFFBQVEsTUFBTSxRQUFRO0FBQ3pFLFdBQVMsV0FBVyxrQ0FBa0M7QUFDdEQsU0FBTztBQUNUO0FBRUEsU0FBUyxRQUEwQixNQUFpQztBQUNsRSxRQUFNLFVBQVUsT0FBTyxRQUFRLFFBQVEsQ0FBQyxDQUFDLEVBQUUsT0FBTyxDQUFDLENBQUMsRUFBRSxLQUFLLE1BQU0sVUFBVSxNQUFTO0FBQ3BGLFNBQU8sT0FBTyxZQUFZLE9BQU87QUFDbkM7QUFFQSxTQUFTLGNBQWMsV0FBa0MsTUFBYyxVQUEwQjtBQUMvRixhQUFXLENBQUMsU0FBUyxNQUFNLEtBQUssT0FBTyxRQUFRLFNBQVMsR0FBcUM7QUFDM0YsVUFBTSxRQUFTLGVBQWlFLE9BQU87QUFDdkYsUUFBSSxVQUFVLFFBQVc7QUFDdkIsWUFBTSxRQUFRLE9BQU8sS0FBSyxjQUFjLEVBQUUsS0FBSyxJQUFJO0FBQ25ELGVBQVMsSUFBSSxHQUFHLElBQUksSUFBSSxPQUFPLElBQUksMEJBQTBCLFFBQVEsZUFBZSxLQUFLLEdBQUc7QUFDNUY7QUFBQSxJQUNGO0FBQ0EsZUFBVyxDQUFDLEtBQUssS0FBSyxLQUFLLE9BQU8sUUFBUSxVQUFVLENBQUMsQ0FBQyxHQUFHO0FBQ3ZELFVBQUksT0FBTyxNQUFPO0FBQ2xCLFlBQU0sUUFBUSxPQUFPLEtBQUssS0FBSyxFQUFFLEtBQUssSUFBSTtBQUMxQyxlQUFTLElBQUksR0FBRyxJQUFJLElBQUksT0FBTyxJQUFJLEdBQUcsSUFBSSxnQkFBZ0IsT0FBTyxlQUFlLEtBQUssR0FBRztBQUFBLElBQzFGO0FBQUEsRUFDRjtBQUNGO0FBR0EsTUFBTSxTQUFvRDtBQUFBLEVBQ3hELGNBQWMsQ0FBQyxHQUFHLE1BQU0sR0FBRztBQUFBLEVBQzNCLGNBQWMsQ0FBQyxHQUFHLEdBQUc7QUFBQSxFQUNyQixvQkFBb0IsQ0FBQyxHQUFHLEtBQU07QUFBQSxFQUM5QixlQUFlLENBQUMsR0FBRyxLQUFNO0FBQUEsRUFDekIsYUFBYSxDQUFDLEdBQUcsR0FBTTtBQUFBLEVBQ3ZCLHNCQUFzQixDQUFDLEdBQUcsTUFBTSxHQUFHO0FBQUEsRUFDbkMscUJBQXFCLENBQUMsR0FBRyxNQUFNLEdBQUc7QUFBQSxFQUNsQyxpQkFBaUIsQ0FBQyxHQUFHLElBQUk7QUFBQSxFQUN6QixtQkFBbUIsQ0FBQyxHQUFHLEtBQUssR0FBRztBQUFBLEVBQy9CLHVCQUF1QixDQUFDLEdBQUcsS0FBTTtBQUFBLEVBQ2pDLHdCQUF3QixDQUFDLEdBQUcsS0FBTTtBQUFBLEVBQ2xDLHlCQUF5QixDQUFDLEdBQUcsR0FBRztBQUNsQztBQUVBLFNBQVMsYUFBYSxRQUFzQixNQUFjLFVBQTBCO0FBQ2xGLGFBQVcsQ0FBQyxTQUFTLE1BQU0sS0FBSyxPQUFPLFFBQVEsTUFBTSxHQUEwQztBQUM3RixlQUFXLENBQUMsS0FBSyxLQUFLLEtBQUssT0FBTyxRQUFRLE1BQU0sR0FBRztBQUNqRCxZQUFNLFFBQVEsT0FBTyxHQUFHO0FBQ3hCLFVBQUksVUFBVSxPQUFXO0FBQ3pCLFlBQU0sQ0FBQyxPQUFPLFFBQVEsSUFBSTtBQUMxQixZQUFNLE9BQU8sT0FBTyxVQUFVLFlBQVksT0FBTyxVQUFVLEtBQUssS0FBSyxTQUFTLFNBQVMsU0FBUztBQUNoRyxVQUFJLEtBQU07QUFDVixZQUFNLFVBQVUsK0JBQStCLEtBQUssT0FBTyxRQUFRO0FBQ25FLGVBQVMsSUFBSSxHQUFHLElBQUksSUFBSSxPQUFPLElBQUksR0FBRyxJQUFJLFNBQVMsT0FBTyxvQkFBb0IsY0FBYyxTQUFTLEdBQUcsQ0FBQyxHQUFHO0FBQUEsSUFDOUc7QUFBQSxFQUNGO0FBQ0Y7QUFFQSxTQUFTLGNBQWMsU0FBaUIsS0FBcUI7QUFDM0QsUUFBTSxXQUFXO0FBQ2pCLFNBQU8sdUJBQXVCLFNBQVMsT0FBTyxJQUFJLEdBQUcsQ0FBQztBQUN4RDtBQUVBLFNBQVMsb0JBQW9CLFFBQXNCLE1BQWMsVUFBMEI7QUFDekYsYUFBVyxRQUFRLGtCQUFPLFdBQVUsT0FBTyxJQUFJLEdBQUcsR0FBRyxJQUFJLElBQUksSUFBSSxJQUFJLFFBQVE7QUFDN0UsbUJBQWlCLFFBQVEsTUFBTSxRQUFRO0FBQ3ZDLG1CQUFpQixRQUFRLE1BQU0sUUFBUTtBQUN6QztBQUVBLFNBQVMsVUFBVSxNQUFrQixNQUFjLFVBQTBCO0FBQzNFLFdBQVMsUUFBUSxLQUFLLGdCQUFnQixLQUFLLHNCQUFzQjtBQUFBLElBQy9ELE1BQU0sR0FBRyxJQUFJO0FBQUEsSUFDYixTQUFTLDBEQUEwRCxLQUFLLG9CQUFvQjtBQUFBLElBQzVGLFVBQVUsS0FBSztBQUFBLElBQ2YsUUFBUSxpQkFBaUIsS0FBSyxvQkFBb0IsY0FBYyxJQUFJO0FBQUEsRUFDdEUsQ0FBQztBQUNELFdBQVMsUUFBUSxLQUFLLGdCQUFnQixLQUFLLGdCQUFnQixLQUFLO0FBQUEsSUFDOUQsTUFBTSxHQUFHLElBQUk7QUFBQSxJQUNiLFNBQVMsNkRBQTZELEtBQUssWUFBWTtBQUFBLElBQ3ZGLFVBQVUsS0FBSztBQUFBLElBQ2YsUUFBUSxrQkFBa0IsS0FBSyxLQUFLLEtBQUssZUFBZSxHQUFHLENBQUM7QUFBQSxFQUM5RCxDQUFDO0FBQ0g7QUFFQSxTQUFTLGlCQUFpQixRQUFzQixNQUFjLFVBQTBCO0FBQ3RGLFFBQU0sRUFBRSxNQUFNLFNBQVMsVUFBVSxJQUFJO0FBQ3JDLFdBQVMsUUFBUSxRQUFRLG9CQUFvQixRQUFRLEtBQUssY0FBYztBQUFBLElBQ3RFLE1BQU0sR0FBRyxJQUFJO0FBQUEsSUFDYixTQUFTLGdDQUFnQyxLQUFLLFlBQVk7QUFBQSxJQUMxRCxVQUFVLFFBQVE7QUFBQSxJQUNsQixRQUFRLGtCQUFrQixLQUFLLEtBQUssS0FBSyxlQUFlLElBQUksQ0FBQztBQUFBLEVBQy9ELENBQUM7QUFDRCxXQUFTLFFBQVEsUUFBUSxxQkFBcUIsS0FBSyxnQkFBZ0IsSUFBSTtBQUFBLElBQ3JFLE1BQU0sR0FBRyxJQUFJO0FBQUEsSUFDYixTQUFTLDZCQUE2QixLQUFLLGFBQWE7QUFBQSxJQUN4RCxVQUFVLFFBQVE7QUFBQSxJQUNsQixRQUFRLGlCQUFpQixLQUFLLGdCQUFnQixFQUFFO0FBQUEsRUFDbEQsQ0FBQztBQUNELFdBQVMsUUFBUSxVQUFVLHNCQUFzQixVQUFVLGVBQWUsSUFBSTtBQUFBLElBQzVFLE1BQU0sR0FBRyxJQUFJO0FBQUEsSUFDYixTQUFTLGdDQUFnQyxVQUFVLFlBQVk7QUFBQSxJQUMvRCxVQUFVLFVBQVU7QUFBQSxJQUNwQixRQUFRLGlCQUFpQixVQUFVLGVBQWUsRUFBRTtBQUFBLEVBQ3RELENBQUM7QUFDSDtBQUVBLFNBQVMsaUJBQWlCLFFBQXNCLE1BQWMsVUFBMEI7QUFDdEYsUUFBTSxFQUFFLEtBQUssTUFBTSxVQUFVLElBQUk7QUFDakMsV0FBUyxRQUFRLElBQUkseUJBQXlCLElBQUksSUFBSSx1QkFBdUI7QUFBQSxJQUMzRSxNQUFNLEdBQUcsSUFBSTtBQUFBLElBQ2IsU0FBUyxzQkFBc0IsSUFBSSxxQkFBcUI7QUFBQSxJQUN4RCxVQUFVLElBQUk7QUFBQSxJQUNkLFFBQVEsbUJBQW1CLElBQUksSUFBSSxxQkFBcUI7QUFBQSxFQUMxRCxDQUFDO0FBQ0QsV0FBUyxRQUFRLElBQUksaUJBQWlCLFVBQVUsZUFBZTtBQUFBLElBQzdELE1BQU0sR0FBRyxJQUFJO0FBQUEsSUFDYixTQUFTLDBCQUEwQixVQUFVLGFBQWE7QUFBQSxJQUMxRCxVQUFVLElBQUk7QUFBQSxJQUNkLFFBQVEsa0JBQWtCLFVBQVUsYUFBYTtBQUFBLEVBQ25ELENBQUM7QUFDRCxXQUFTLFFBQVEsS0FBSyxtQkFBbUIsS0FBSyx1QkFBdUIsSUFBSTtBQUFBLElBQ3ZFLE1BQU0sR0FBRyxJQUFJO0FBQUEsSUFDYixTQUFTO0FBQUEsSUFDVCxVQUFVLEtBQUs7QUFBQSxJQUNmLFFBQVEsaUJBQWlCLEtBQUssdUJBQXVCLEVBQUU7QUFBQSxFQUN6RCxDQUFDO0FBQ0g7IiwKICAibmFtZXMiOiBbXQp9Cg==
