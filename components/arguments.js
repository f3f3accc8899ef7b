var __create = Object.create;
var __defProp = Object.defineProperty;
var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __getProtoOf = Object.getPrototypeOf;
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
var __toESM = (mod, isNodeMode, target) => (target = mod != null ? __create(__getProtoOf(mod)) : {}, __copyProps(
  // If the importer is in node compatibility mode or this is not an ESM
  // file that has been converted to a CommonJS file using a Babel-
  // compatible transform (i.e. "__esModule" has not been set), then set
  // "default" to the CommonJS "module.exports" for node compatibility.
  isNodeMode || !mod || !mod.__esModule ? __defProp(target, "default", { value: mod, enumerable: true }) : target,
  mod
));
var __toCommonJS = (mod) => __copyProps(__defProp({}, "__esModule", { value: true }), mod);
var arguments_exports = {};
__export(arguments_exports, {
  MistakeList: () => import_mistakes.Mistakes,
  asUserError: () => asUserError,
  checkArguments: () => checkArguments,
  collect: () => collect,
  isPlain: () => isPlain,
  reportMistakes: () => reportMistakes
});
module.exports = __toCommonJS(arguments_exports);
var pulumi = __toESM(require("@pulumi/pulumi"));
var import_mistakes = require("../model/mistakes");
function checkArguments(request) {
  const { subject, args, check } = request;
  const mistakes = new import_mistakes.Mistakes();
  request.structure?.(args, mistakes);
  reportMistakes(subject, mistakes);
  const { value, later } = plainPart(args);
  const first = new import_mistakes.Mistakes();
  check(value, first, (path) => later.some((other) => within(path, other) || within(other, path)));
  reportMistakes(
    subject,
    keep(first, (path) => !later.some((other) => within(other, path)))
  );
  return pulumi.output(request.open?.() ?? args).apply((known) => {
    const second = new import_mistakes.Mistakes();
    check(known, second, () => false);
    reportMistakes(subject, second);
    return known;
  });
}
function collect(mistakes, action) {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof import_mistakes.InputError)) throw error;
    for (const { path, problem, received, remedy } of error.mistakes) mistakes.add(path, problem, received, remedy);
    return void 0;
  }
}
function asUserError(action) {
  try {
    return action();
  } catch (error) {
    if (error instanceof import_mistakes.InputError) throw new pulumi.RunError(error.message);
    throw error;
  }
}
function isPlain(value) {
  return !pulumi.Output.isInstance(value) && !(value instanceof Promise);
}
function reportMistakes(subject, mistakes) {
  asUserError(() => mistakes.throwIfAny(subject));
}
function keep(mistakes, wanted) {
  const kept = new import_mistakes.Mistakes();
  for (const { path, problem, received, remedy } of mistakes.all) {
    if (wanted(path)) kept.add(path, problem, received, remedy);
  }
  return kept;
}
function within(folder, path) {
  return path === folder || path.startsWith(`${folder}.`) || path.startsWith(`${folder}[`);
}
function plainPart(args) {
  const later = [];
  const copy = (value, path) => {
    if (!isPlain(value)) {
      later.push(path);
      return void 0;
    }
    if (Array.isArray(value)) return value.map((item, index) => copy(item, `${path}[${index}]`));
    if (typeof value !== "object" || value === null) return value;
    const below = (key) => path === "" ? key : `${path}.${key}`;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item, below(key))]));
  };
  return { value: copy(args, ""), later };
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  MistakeList,
  asUserError,
  checkArguments,
  collect,
  isPlain,
  reportMistakes
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiYXJndW1lbnRzLnRzIl0sCiAgIm1hcHBpbmdzIjogIjs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7O0FBQUE7QUFBQTtBQUFBLHFDQUFBQTtBQUFBLEVBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQSxhQUF3QjtBQUN4QixzQkFBbUU7QUF5QjVELFNBQVMsZUFBaUMsU0FBNEQ7QUFDM0csUUFBTSxFQUFFLFNBQVMsTUFBTSxNQUFNLElBQUk7QUFDakMsUUFBTSxXQUFXLElBQUksZ0JBQUFBLFNBQVk7QUFDakMsVUFBUSxZQUFZLE1BQU0sUUFBUTtBQUNsQyxpQkFBZSxTQUFTLFFBQVE7QUFDaEMsUUFBTSxFQUFFLE9BQU8sTUFBTSxJQUFJLFVBQVUsSUFBSTtBQUN2QyxRQUFNLFFBQVEsSUFBSSxnQkFBQUEsU0FBWTtBQUM5QixRQUFNLE9BQTJCLE9BQU8sQ0FBQyxTQUFTLE1BQU0sS0FBSyxDQUFDLFVBQVUsT0FBTyxNQUFNLEtBQUssS0FBSyxPQUFPLE9BQU8sSUFBSSxDQUFDLENBQUM7QUFDbkg7QUFBQSxJQUNFO0FBQUEsSUFDQSxLQUFLLE9BQU8sQ0FBQyxTQUFTLENBQUMsTUFBTSxLQUFLLENBQUMsVUFBVSxPQUFPLE9BQU8sSUFBSSxDQUFDLENBQUM7QUFBQSxFQUNuRTtBQUNBLFNBQU8sT0FBTyxPQUFPLFFBQVEsT0FBTyxLQUFLLElBQUksRUFBRSxNQUFNLENBQUMsVUFBVTtBQUM5RCxVQUFNLFNBQVMsSUFBSSxnQkFBQUEsU0FBWTtBQUMvQixVQUFNLE9BQU8sUUFBUSxNQUFNLEtBQUs7QUFDaEMsbUJBQWUsU0FBUyxNQUFNO0FBQzlCLFdBQU87QUFBQSxFQUNULENBQUM7QUFDSDtBQUdPLFNBQVMsUUFBVyxVQUFvQixRQUFnQztBQUM3RSxNQUFJO0FBQ0YsV0FBTyxPQUFPO0FBQUEsRUFDaEIsU0FBUyxPQUFPO0FBQ2QsUUFBSSxFQUFFLGlCQUFpQiw0QkFBYSxPQUFNO0FBQzFDLGVBQVcsRUFBRSxNQUFNLFNBQVMsVUFBVSxPQUFPLEtBQUssTUFBTSxTQUFVLFVBQVMsSUFBSSxNQUFNLFNBQVMsVUFBVSxNQUFNO0FBQzlHLFdBQU87QUFBQSxFQUNUO0FBQ0Y7QUFHTyxTQUFTLFlBQWUsUUFBb0I7QUFDakQsTUFBSTtBQUNGLFdBQU8sT0FBTztBQUFBLEVBQ2hCLFNBQVMsT0FBTztBQUNkLFFBQUksaUJBQWlCLDJCQUFZLE9BQU0sSUFBSSxPQUFPLFNBQVMsTUFBTSxPQUFPO0FBQ3hFLFVBQU07QUFBQSxFQUNSO0FBQ0Y7QUFHTyxTQUFTLFFBQVEsT0FBeUI7QUFDL0MsU0FBTyxDQUFDLE9BQU8sT0FBTyxXQUFXLEtBQUssS0FBSyxFQUFFLGlCQUFpQjtBQUNoRTtBQUdPLFNBQVMsZUFBZSxTQUFpQixVQUEwQjtBQUN4RSxjQUFZLE1BQU0sU0FBUyxXQUFXLE9BQU8sQ0FBQztBQUNoRDtBQUVBLFNBQVMsS0FBSyxVQUFvQixRQUE2QztBQUM3RSxRQUFNLE9BQU8sSUFBSSxnQkFBQUEsU0FBWTtBQUM3QixhQUFXLEVBQUUsTUFBTSxTQUFTLFVBQVUsT0FBTyxLQUFLLFNBQVMsS0FBSztBQUM5RCxRQUFJLE9BQU8sSUFBSSxFQUFHLE1BQUssSUFBSSxNQUFNLFNBQVMsVUFBVSxNQUFNO0FBQUEsRUFDNUQ7QUFDQSxTQUFPO0FBQ1Q7QUFHQSxTQUFTLE9BQU8sUUFBZ0IsTUFBdUI7QUFDckQsU0FBTyxTQUFTLFVBQVUsS0FBSyxXQUFXLEdBQUcsTUFBTSxHQUFHLEtBQUssS0FBSyxXQUFXLEdBQUcsTUFBTSxHQUFHO0FBQ3pGO0FBR0EsU0FBUyxVQUFVLE1BQW9EO0FBQ3JFLFFBQU0sUUFBa0IsQ0FBQztBQUN6QixRQUFNLE9BQU8sQ0FBQyxPQUFnQixTQUEwQjtBQUN0RCxRQUFJLENBQUMsUUFBUSxLQUFLLEdBQUc7QUFDbkIsWUFBTSxLQUFLLElBQUk7QUFDZixhQUFPO0FBQUEsSUFDVDtBQUNBLFFBQUksTUFBTSxRQUFRLEtBQUssRUFBRyxRQUFPLE1BQU0sSUFBSSxDQUFDLE1BQU0sVUFBVSxLQUFLLE1BQU0sR0FBRyxJQUFJLElBQUksS0FBSyxHQUFHLENBQUM7QUFDM0YsUUFBSSxPQUFPLFVBQVUsWUFBWSxVQUFVLEtBQU0sUUFBTztBQUN4RCxVQUFNLFFBQVEsQ0FBQyxRQUFpQixTQUFTLEtBQUssTUFBTSxHQUFHLElBQUksSUFBSSxHQUFHO0FBQ2xFLFdBQU8sT0FBTyxZQUFZLE9BQU8sUUFBUSxLQUFLLEVBQUUsSUFBSSxDQUFDLENBQUMsS0FBSyxJQUFJLE1BQU0sQ0FBQyxLQUFLLEtBQUssTUFBTSxNQUFNLEdBQUcsQ0FBQyxDQUFDLENBQUMsQ0FBQztBQUFBLEVBQ3JHO0FBQ0EsU0FBTyxFQUFFLE9BQU8sS0FBSyxNQUFNLEVBQUUsR0FBRyxNQUFNO0FBQ3hDOyIsCiAgIm5hbWVzIjogWyJNaXN0YWtlTGlzdCJdCn0K
