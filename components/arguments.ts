import * as pulumi from "@pulumi/pulumi";
import { InputError, type Mistakes, Mistakes as MistakeList } from "../model/mistakes";

export { MistakeList };

/** How a component's arguments are checked. */
export interface ArgumentCheck<A extends object> {
  /** Begins the message: `ClusterBackups "prod" cannot be created`. */
  subject: string;
  args: A;
  /** Property path of `args` themselves, when they are a part of a component's arguments. */
  path?: string;
  /** The arguments without secret parts, which are gated apart: what the result holds. By default all of them. */
  open?: () => A;
  /** What decides which resources there are: must be plain, so it sees the arguments as they were given. */
  structure?: (args: A, mistakes: Mistakes) => void;
  /** Sees plain values only. While something is `pending` it is `undefined`, and mistakes about it are dropped. */
  check: (args: pulumi.Unwrap<A>, mistakes: Mistakes, pending: Pending) => void;
}

/** Whether the value at a property path, or a part of it, is an output or a promise that has not been waited for. */
export type Pending = (path: string) => boolean;

/**
 * Checks arguments at once as far as they are plain, then again when outputs are known.
 * The result is the checked arguments: whoever uses them cannot act on wrong ones.
 * @throws RunError that names every mistake.
 */
export function checkArguments<A extends object>(request: ArgumentCheck<A>): pulumi.Output<pulumi.Unwrap<A>> {
  const { subject, args, check } = request;
  const mistakes = new MistakeList();
  request.structure?.(args, mistakes);
  reportMistakes(subject, mistakes);
  const { value, later } = plainPart(args, request.path ?? "");
  const first = new MistakeList();
  check(value as pulumi.Unwrap<A>, first, (path) => later.some((other) => within(path, other) || within(other, path)));
  reportMistakes(
    subject,
    keep(first, (path) => !later.some((other) => within(other, path))),
  );
  return pulumi.output(request.open?.() ?? args).apply((known) => {
    const second = new MistakeList();
    check(known, second, () => false);
    reportMistakes(subject, second);
    return known;
  });
}

/** Adds the mistakes that `action` throws, and gives its result otherwise. */
export function collect<T>(mistakes: Mistakes, action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    for (const { path, problem, received, remedy } of error.mistakes) mistakes.add(path, problem, received, remedy);
    return undefined;
  }
}

/** Runs `action`; what a user can mend is shown without a stack. */
export function asUserError<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof InputError) throw userError(error.message);
    throw error;
  }
}

/**
 * An error that Pulumi shows without a stack, word for word: the SDK would put the name of every property that waited
 * for the value in front of the message.
 */
export function userError(message: string): pulumi.RunError {
  const error = new pulumi.RunError(message);
  return Object.defineProperty(error, "message", { get: () => message, set: () => undefined });
}

/** True for a value that is there now, not an output or a promise. */
export function isPlain(value: unknown): boolean {
  return !pulumi.Output.isInstance(value) && !(value instanceof Promise);
}

/** @throws RunError that names every mistake, if there is any. */
export function reportMistakes(subject: string, mistakes: Mistakes): void {
  asUserError(() => mistakes.throwIfAny(subject));
}

function keep(mistakes: Mistakes, wanted: (path: string) => boolean): Mistakes {
  const kept = new MistakeList();
  for (const { path, problem, received, remedy } of mistakes.all) {
    if (wanted(path)) kept.add(path, problem, received, remedy);
  }
  return kept;
}

/** Whether `path` is `folder` or a property below it. */
function within(folder: string, path: string): boolean {
  return path === folder || path.startsWith(`${folder}.`) || path.startsWith(`${folder}[`);
}

/** A copy without outputs and promises, and the paths of those. */
function plainPart(args: unknown, root: string): { value: unknown; later: string[] } {
  const later: string[] = [];
  const copy = (value: unknown, path: string): unknown => {
    if (!isPlain(value)) {
      later.push(path);
      return undefined;
    }
    if (Array.isArray(value)) return value.map((item, index) => copy(item, `${path}[${index}]`));
    if (typeof value !== "object" || value === null) return value;
    const below = (key: string) => (path === "" ? key : `${path}.${key}`);
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item, below(key))]));
  };
  return { value: copy(args, root), later };
}
