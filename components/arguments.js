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
  reportMistakes: () => reportMistakes,
  userError: () => userError
});
module.exports = __toCommonJS(arguments_exports);
var pulumi = __toESM(require("@pulumi/pulumi"));
var import_mistakes = require("../model/mistakes");
function checkArguments(request) {
  const { subject, args, check } = request;
  const mistakes = new import_mistakes.Mistakes();
  request.structure?.(args, mistakes);
  reportMistakes(subject, mistakes);
  const { value, later } = plainPart(args, request.path ?? "");
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
    if (error instanceof import_mistakes.InputError) throw userError(error.message);
    throw error;
  }
}
function userError(message) {
  const error = new pulumi.RunError(message);
  return Object.defineProperty(error, "message", { get: () => message, set: () => void 0 });
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
function plainPart(args, root) {
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
  return { value: copy(args, root), later };
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  MistakeList,
  asUserError,
  checkArguments,
  collect,
  isPlain,
  reportMistakes,
  userError
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiYXJndW1lbnRzLnRzIl0sCiAgIm1hcHBpbmdzIjogIjs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7O0FBQUE7QUFBQTtBQUFBLHFDQUFBQTtBQUFBLEVBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBLGFBQXdCO0FBQ3hCLHNCQUFtRTtBQTJCNUQsU0FBUyxlQUFpQyxTQUE0RDtBQUMzRyxRQUFNLEVBQUUsU0FBUyxNQUFNLE1BQU0sSUFBSTtBQUNqQyxRQUFNLFdBQVcsSUFBSSxnQkFBQUEsU0FBWTtBQUNqQyxVQUFRLFlBQVksTUFBTSxRQUFRO0FBQ2xDLGlCQUFlLFNBQVMsUUFBUTtBQUNoQyxRQUFNLEVBQUUsT0FBTyxNQUFNLElBQUksVUFBVSxNQUFNLFFBQVEsUUFBUSxFQUFFO0FBQzNELFFBQU0sUUFBUSxJQUFJLGdCQUFBQSxTQUFZO0FBQzlCLFFBQU0sT0FBMkIsT0FBTyxDQUFDLFNBQVMsTUFBTSxLQUFLLENBQUMsVUFBVSxPQUFPLE1BQU0sS0FBSyxLQUFLLE9BQU8sT0FBTyxJQUFJLENBQUMsQ0FBQztBQUNuSDtBQUFBLElBQ0U7QUFBQSxJQUNBLEtBQUssT0FBTyxDQUFDLFNBQVMsQ0FBQyxNQUFNLEtBQUssQ0FBQyxVQUFVLE9BQU8sT0FBTyxJQUFJLENBQUMsQ0FBQztBQUFBLEVBQ25FO0FBQ0EsU0FBTyxPQUFPLE9BQU8sUUFBUSxPQUFPLEtBQUssSUFBSSxFQUFFLE1BQU0sQ0FBQyxVQUFVO0FBQzlELFVBQU0sU0FBUyxJQUFJLGdCQUFBQSxTQUFZO0FBQy9CLFVBQU0sT0FBTyxRQUFRLE1BQU0sS0FBSztBQUNoQyxtQkFBZSxTQUFTLE1BQU07QUFDOUIsV0FBTztBQUFBLEVBQ1QsQ0FBQztBQUNIO0FBR08sU0FBUyxRQUFXLFVBQW9CLFFBQWdDO0FBQzdFLE1BQUk7QUFDRixXQUFPLE9BQU87QUFBQSxFQUNoQixTQUFTLE9BQU87QUFDZCxRQUFJLEVBQUUsaUJBQWlCLDRCQUFhLE9BQU07QUFDMUMsZUFBVyxFQUFFLE1BQU0sU0FBUyxVQUFVLE9BQU8sS0FBSyxNQUFNLFNBQVUsVUFBUyxJQUFJLE1BQU0sU0FBUyxVQUFVLE1BQU07QUFDOUcsV0FBTztBQUFBLEVBQ1Q7QUFDRjtBQUdPLFNBQVMsWUFBZSxRQUFvQjtBQUNqRCxNQUFJO0FBQ0YsV0FBTyxPQUFPO0FBQUEsRUFDaEIsU0FBUyxPQUFPO0FBQ2QsUUFBSSxpQkFBaUIsMkJBQVksT0FBTSxVQUFVLE1BQU0sT0FBTztBQUM5RCxVQUFNO0FBQUEsRUFDUjtBQUNGO0FBTU8sU0FBUyxVQUFVLFNBQWtDO0FBQzFELFFBQU0sUUFBUSxJQUFJLE9BQU8sU0FBUyxPQUFPO0FBQ3pDLFNBQU8sT0FBTyxlQUFlLE9BQU8sV0FBVyxFQUFFLEtBQUssTUFBTSxTQUFTLEtBQUssTUFBTSxPQUFVLENBQUM7QUFDN0Y7QUFHTyxTQUFTLFFBQVEsT0FBeUI7QUFDL0MsU0FBTyxDQUFDLE9BQU8sT0FBTyxXQUFXLEtBQUssS0FBSyxFQUFFLGlCQUFpQjtBQUNoRTtBQUdPLFNBQVMsZUFBZSxTQUFpQixVQUEwQjtBQUN4RSxjQUFZLE1BQU0sU0FBUyxXQUFXLE9BQU8sQ0FBQztBQUNoRDtBQUVBLFNBQVMsS0FBSyxVQUFvQixRQUE2QztBQUM3RSxRQUFNLE9BQU8sSUFBSSxnQkFBQUEsU0FBWTtBQUM3QixhQUFXLEVBQUUsTUFBTSxTQUFTLFVBQVUsT0FBTyxLQUFLLFNBQVMsS0FBSztBQUM5RCxRQUFJLE9BQU8sSUFBSSxFQUFHLE1BQUssSUFBSSxNQUFNLFNBQVMsVUFBVSxNQUFNO0FBQUEsRUFDNUQ7QUFDQSxTQUFPO0FBQ1Q7QUFHQSxTQUFTLE9BQU8sUUFBZ0IsTUFBdUI7QUFDckQsU0FBTyxTQUFTLFVBQVUsS0FBSyxXQUFXLEdBQUcsTUFBTSxHQUFHLEtBQUssS0FBSyxXQUFXLEdBQUcsTUFBTSxHQUFHO0FBQ3pGO0FBR0EsU0FBUyxVQUFVLE1BQWUsTUFBbUQ7QUFDbkYsUUFBTSxRQUFrQixDQUFDO0FBQ3pCLFFBQU0sT0FBTyxDQUFDLE9BQWdCLFNBQTBCO0FBQ3RELFFBQUksQ0FBQyxRQUFRLEtBQUssR0FBRztBQUNuQixZQUFNLEtBQUssSUFBSTtBQUNmLGFBQU87QUFBQSxJQUNUO0FBQ0EsUUFBSSxNQUFNLFFBQVEsS0FBSyxFQUFHLFFBQU8sTUFBTSxJQUFJLENBQUMsTUFBTSxVQUFVLEtBQUssTUFBTSxHQUFHLElBQUksSUFBSSxLQUFLLEdBQUcsQ0FBQztBQUMzRixRQUFJLE9BQU8sVUFBVSxZQUFZLFVBQVUsS0FBTSxRQUFPO0FBQ3hELFVBQU0sUUFBUSxDQUFDLFFBQWlCLFNBQVMsS0FBSyxNQUFNLEdBQUcsSUFBSSxJQUFJLEdBQUc7QUFDbEUsV0FBTyxPQUFPLFlBQVksT0FBTyxRQUFRLEtBQUssRUFBRSxJQUFJLENBQUMsQ0FBQyxLQUFLLElBQUksTUFBTSxDQUFDLEtBQUssS0FBSyxNQUFNLE1BQU0sR0FBRyxDQUFDLENBQUMsQ0FBQyxDQUFDO0FBQUEsRUFDckc7QUFDQSxTQUFPLEVBQUUsT0FBTyxLQUFLLE1BQU0sSUFBSSxHQUFHLE1BQU07QUFDMUM7IiwKICAibmFtZXMiOiBbIk1pc3Rha2VMaXN0Il0KfQo=
