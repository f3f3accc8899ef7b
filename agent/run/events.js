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
var events_exports = {};
__export(events_exports, {
  humanReporter: () => humanReporter,
  jsonReporter: () => jsonReporter,
  quietReporter: () => quietReporter
});
module.exports = __toCommonJS(events_exports);
var import_units = require("../../model/units");
const progressIntervalMs = 5e3;
function jsonReporter(command, write) {
  let lastProgress = 0;
  return {
    emit(event) {
      const now = Date.now();
      if (event.event === "progress") {
        if (now - lastProgress < progressIntervalMs) return;
        lastProgress = now;
      }
      write(`${JSON.stringify({ at: new Date(now).toISOString(), command, ...event })}
`);
    }
  };
}
function quietReporter(command, write) {
  return {
    emit(event) {
      if (event.event === "error" || event.event === "note") write(`${command}: ${event.message}
`);
    }
  };
}
function humanReporter(write, terminal) {
  let last = 0;
  const clear = terminal ? "\r\x1B[K" : "";
  return {
    emit(event) {
      if (event.event === "progress") {
        const now = Date.now();
        if (!terminal || now - last < 100) return;
        last = now;
        write(`${clear}  \u2026 ${event.step}: ${amount(event)}`);
        return;
      }
      const line = humanLine(event);
      if (line !== void 0) write(`${clear}${line}
`);
    }
  };
}
function amount(event) {
  const done = (0, import_units.formatBytes)(event.bytes ?? 0);
  return event.total ? `${done} of ${(0, import_units.formatBytes)(event.total)}` : done;
}
function humanLine(event) {
  switch (event.event) {
    case "done":
      return `  \u2713 ${event.step}: ${event.message} (${(0, import_units.formatSeconds)(event.seconds ?? 0)})`;
    case "failed":
      return `  \u2717 ${event.step}: ${event.message}`;
    case "note":
      return `    ${event.message}`;
    case "error":
      return event.message;
    default:
      return void 0;
  }
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  humanReporter,
  jsonReporter,
  quietReporter
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiZXZlbnRzLnRzIl0sCiAgIm1hcHBpbmdzIjogIjs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBLG1CQUEyQztBQW9CM0MsTUFBTSxxQkFBcUI7QUFHcEIsU0FBUyxhQUFhLFNBQWlCLE9BQXlDO0FBQ3JGLE1BQUksZUFBZTtBQUNuQixTQUFPO0FBQUEsSUFDTCxLQUFLLE9BQU87QUFDVixZQUFNLE1BQU0sS0FBSyxJQUFJO0FBQ3JCLFVBQUksTUFBTSxVQUFVLFlBQVk7QUFDOUIsWUFBSSxNQUFNLGVBQWUsbUJBQW9CO0FBQzdDLHVCQUFlO0FBQUEsTUFDakI7QUFDQSxZQUFNLEdBQUcsS0FBSyxVQUFVLEVBQUUsSUFBSSxJQUFJLEtBQUssR0FBRyxFQUFFLFlBQVksR0FBRyxTQUFTLEdBQUcsTUFBTSxDQUFDLENBQUM7QUFBQSxDQUFJO0FBQUEsSUFDckY7QUFBQSxFQUNGO0FBQ0Y7QUFHTyxTQUFTLGNBQWMsU0FBaUIsT0FBeUM7QUFDdEYsU0FBTztBQUFBLElBQ0wsS0FBSyxPQUFPO0FBQ1YsVUFBSSxNQUFNLFVBQVUsV0FBVyxNQUFNLFVBQVUsT0FBUSxPQUFNLEdBQUcsT0FBTyxLQUFLLE1BQU0sT0FBTztBQUFBLENBQUk7QUFBQSxJQUMvRjtBQUFBLEVBQ0Y7QUFDRjtBQUdPLFNBQVMsY0FBYyxPQUErQixVQUE2QjtBQUN4RixNQUFJLE9BQU87QUFDWCxRQUFNLFFBQVEsV0FBVyxhQUFhO0FBQ3RDLFNBQU87QUFBQSxJQUNMLEtBQUssT0FBTztBQUNWLFVBQUksTUFBTSxVQUFVLFlBQVk7QUFDOUIsY0FBTSxNQUFNLEtBQUssSUFBSTtBQUNyQixZQUFJLENBQUMsWUFBWSxNQUFNLE9BQU8sSUFBSztBQUNuQyxlQUFPO0FBQ1AsY0FBTSxHQUFHLEtBQUssWUFBTyxNQUFNLElBQUksS0FBSyxPQUFPLEtBQUssQ0FBQyxFQUFFO0FBQ25EO0FBQUEsTUFDRjtBQUNBLFlBQU0sT0FBTyxVQUFVLEtBQUs7QUFDNUIsVUFBSSxTQUFTLE9BQVcsT0FBTSxHQUFHLEtBQUssR0FBRyxJQUFJO0FBQUEsQ0FBSTtBQUFBLElBQ25EO0FBQUEsRUFDRjtBQUNGO0FBRUEsU0FBUyxPQUFPLE9BQThDO0FBQzVELFFBQU0sV0FBTywwQkFBWSxNQUFNLFNBQVMsQ0FBQztBQUN6QyxTQUFPLE1BQU0sUUFBUSxHQUFHLElBQUksV0FBTywwQkFBWSxNQUFNLEtBQUssQ0FBQyxLQUFLO0FBQ2xFO0FBRUEsU0FBUyxVQUFVLE9BQTBEO0FBQzNFLFVBQVEsTUFBTSxPQUFPO0FBQUEsSUFDbkIsS0FBSztBQUNILGFBQU8sWUFBTyxNQUFNLElBQUksS0FBSyxNQUFNLE9BQU8sU0FBSyw0QkFBYyxNQUFNLFdBQVcsQ0FBQyxDQUFDO0FBQUEsSUFDbEYsS0FBSztBQUNILGFBQU8sWUFBTyxNQUFNLElBQUksS0FBSyxNQUFNLE9BQU87QUFBQSxJQUM1QyxLQUFLO0FBQ0gsYUFBTyxPQUFPLE1BQU0sT0FBTztBQUFBLElBQzdCLEtBQUs7QUFDSCxhQUFPLE1BQU07QUFBQSxJQUNmO0FBQ0UsYUFBTztBQUFBLEVBQ1g7QUFDRjsiLAogICJuYW1lcyI6IFtdCn0K
