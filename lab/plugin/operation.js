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
var operation_exports = {};
__export(operation_exports, {
  Streams: () => Streams,
  shows: () => shows
});
module.exports = __toCommonJS(operation_exports);
function shows(logging, stream) {
  return logging === void 0 || logging === "stdoutAndStderr" || logging === stream;
}
const longestLine = 64 * 1024;
class Streams {
  constructor(log, logging) {
    this.log = log;
    this.logging = logging;
  }
  log;
  logging;
  chunks = { stdout: [], stderr: [], both: [] };
  partial = "";
  logged = Promise.resolve();
  /** Set when a line was longer than {@link longestLine}. */
  tooLong = false;
  /** Takes in what a stream printed. */
  add(stream, chunk) {
    this.chunks[stream].push(chunk);
    this.chunks.both.push(chunk);
    if (!shows(this.logging, stream)) return;
    const lines = (this.partial + chunk.toString("latin1")).split("\n");
    this.partial = lines.pop() ?? "";
    lines.forEach((line) => this.show(line));
    if (this.partial.length >= longestLine) this.tooLong = true;
  }
  show(line) {
    if (line.length >= longestLine) this.tooLong = true;
    const text = Buffer.from(line, "latin1").toString("utf8").replace(/\r$/, "");
    this.logged = this.logged.then(() => this.log.status(text));
  }
  /** Waits until the engine has every line. */
  async end() {
    if (this.partial !== "") this.show(this.partial);
    this.partial = "";
    await this.logged;
    if (this.tooLong) {
      throw new Error(
        "a logged line is longer than 64 KiB: the official provider waits for ever then; set logging to none"
      );
    }
  }
  /** Everything that a stream printed, without one last line break. */
  text(stream) {
    return Buffer.concat(this.chunks[stream]).toString("utf8").replace(/\n$/, "");
  }
  /** Both streams as they came, for a message of failure. */
  combined() {
    return Buffer.concat(this.chunks.both).toString("utf8");
  }
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  Streams,
  shows
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsib3BlcmF0aW9uLnRzIl0sCiAgIm1hcHBpbmdzIjogIjs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFtQk8sU0FBUyxNQUFNLFNBQThCLFFBQXNDO0FBQ3hGLFNBQU8sWUFBWSxVQUFhLFlBQVkscUJBQXFCLFlBQVk7QUFDL0U7QUFHQSxNQUFNLGNBQWMsS0FBSztBQUdsQixNQUFNLFFBQVE7QUFBQSxFQU9uQixZQUNtQixLQUNBLFNBQ2pCO0FBRmlCO0FBQ0E7QUFBQSxFQUNoQjtBQUFBLEVBRmdCO0FBQUEsRUFDQTtBQUFBLEVBUkYsU0FBUyxFQUFFLFFBQVEsQ0FBQyxHQUFlLFFBQVEsQ0FBQyxHQUFlLE1BQU0sQ0FBQyxFQUFjO0FBQUEsRUFDekYsVUFBVTtBQUFBLEVBQ1YsU0FBd0IsUUFBUSxRQUFRO0FBQUE7QUFBQSxFQUV4QyxVQUFVO0FBQUE7QUFBQSxFQVFsQixJQUFJLFFBQTZCLE9BQXFCO0FBQ3BELFNBQUssT0FBTyxNQUFNLEVBQUUsS0FBSyxLQUFLO0FBQzlCLFNBQUssT0FBTyxLQUFLLEtBQUssS0FBSztBQUMzQixRQUFJLENBQUMsTUFBTSxLQUFLLFNBQVMsTUFBTSxFQUFHO0FBQ2xDLFVBQU0sU0FBUyxLQUFLLFVBQVUsTUFBTSxTQUFTLFFBQVEsR0FBRyxNQUFNLElBQUk7QUFDbEUsU0FBSyxVQUFVLE1BQU0sSUFBSSxLQUFLO0FBQzlCLFVBQU0sUUFBUSxDQUFDLFNBQVMsS0FBSyxLQUFLLElBQUksQ0FBQztBQUN2QyxRQUFJLEtBQUssUUFBUSxVQUFVLFlBQWEsTUFBSyxVQUFVO0FBQUEsRUFDekQ7QUFBQSxFQUVRLEtBQUssTUFBb0I7QUFDL0IsUUFBSSxLQUFLLFVBQVUsWUFBYSxNQUFLLFVBQVU7QUFDL0MsVUFBTSxPQUFPLE9BQU8sS0FBSyxNQUFNLFFBQVEsRUFBRSxTQUFTLE1BQU0sRUFBRSxRQUFRLE9BQU8sRUFBRTtBQUMzRSxTQUFLLFNBQVMsS0FBSyxPQUFPLEtBQUssTUFBTSxLQUFLLElBQUksT0FBTyxJQUFJLENBQUM7QUFBQSxFQUM1RDtBQUFBO0FBQUEsRUFHQSxNQUFNLE1BQXFCO0FBQ3pCLFFBQUksS0FBSyxZQUFZLEdBQUksTUFBSyxLQUFLLEtBQUssT0FBTztBQUMvQyxTQUFLLFVBQVU7QUFDZixVQUFNLEtBQUs7QUFDWCxRQUFJLEtBQUssU0FBUztBQUNoQixZQUFNLElBQUk7QUFBQSxRQUNSO0FBQUEsTUFDRjtBQUFBLElBQ0Y7QUFBQSxFQUNGO0FBQUE7QUFBQSxFQUdBLEtBQUssUUFBcUM7QUFDeEMsV0FBTyxPQUFPLE9BQU8sS0FBSyxPQUFPLE1BQU0sQ0FBQyxFQUFFLFNBQVMsTUFBTSxFQUFFLFFBQVEsT0FBTyxFQUFFO0FBQUEsRUFDOUU7QUFBQTtBQUFBLEVBR0EsV0FBbUI7QUFDakIsV0FBTyxPQUFPLE9BQU8sS0FBSyxPQUFPLElBQUksRUFBRSxTQUFTLE1BQU07QUFBQSxFQUN4RDtBQUNGOyIsCiAgIm5hbWVzIjogW10KfQo=
