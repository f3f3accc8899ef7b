import { differences, head } from "./diff";
import type { Log, Operation } from "./operation";
import { type Created, invokeRun, type ResourceType, resourceTypes } from "./resources";
import { checkInputs, type Failure, shapes } from "./shapes";
import { assetKind, isUnknown, type Properties } from "./values";

/** What every request about a resource carries. */
export interface Request {
  urn: string;
  log: Log;
  preview: boolean;
  /** The operation's own time limit; 0 is none. */
  timeoutSeconds: number;
}

/** What the question about changes is asked of. */
export interface Compared {
  state: Properties;
  /** The inputs that led to the state. */
  olds: Properties;
  news: Properties;
  /** Properties whose changes the user wants ignored. */
  ignored: readonly string[];
}

/** The answer to the question what an update would change. */
export interface DiffResult {
  /** Changes by path. */
  detailed: Map<string, { kind: "add" | "delete" | "update"; replace: boolean }>;
  /** The names of the changed properties, and of those that force a replacement. */
  changed: string[];
  replaces: string[];
}

function typeOf(urn: string): ResourceType {
  const token = urn.split("::")[2]?.split("$").at(-1) ?? "";
  const type = resourceTypes.get(token);
  if (!type) throw new Error(`the stand-in for the command provider does not know the type ${token}`);
  return type;
}

const nameOf = (urn: string) => urn.split("::").slice(3).join("::");

/** Sets properties that the user wants ignored to what they are in the state. */
function withIgnored(inputs: Properties, state: Properties, ignored: readonly string[]): Properties {
  const kept = ignored.flatMap((key) => (state[key] === undefined ? [] : [[key, state[key]] as const]));
  return { ...inputs, ...Object.fromEntries(kept) };
}

/** The `command` provider without its wire: version 1.2.1's behaviour for what the library uses of it. */
export class CommandProvider {
  private readonly cancelled = new AbortController();

  /** Validates inputs, fills in defaults, marks secrets. */
  check(urn: string, inputs: Properties): { inputs: Properties; failures: Failure[] } {
    const { shape } = typeOf(urn);
    const result = checkInputs(shape, inputs);
    if ("source" in shape) result.failures.push(...sourceFailures(result.inputs));
    return result;
  }

  /** Compares old and new inputs. */
  diff(urn: string, compared: Compared): DiffResult {
    const { shape } = typeOf(urn);
    const found = differences(compared.olds, withIgnored(compared.news, compared.state, compared.ignored));
    const result: DiffResult = { detailed: new Map(), changed: [], replaces: [] };
    for (const [path, kind] of found) {
      // Only a list that comes or goes as a whole: for its elements the SDK passes the option replaceOnChanges.
      const replace = shape[path]?.replaceOnChanges === true;
      result.detailed.set(path, { kind, replace });
      result.changed.push(head(path));
      if (replace) result.replaces.push(head(path));
    }
    return result;
  }

  /** Creates a resource, or says what is known of it in a preview. */
  create(request: Request, inputs: Properties): Promise<Created> {
    const type = typeOf(request.urn);
    const name = nameOf(request.urn);
    if (request.preview) return Promise.resolve(type.previewCreate(name, inputs));
    return this.run(request, (operation) => type.create(name, inputs, operation));
  }

  /** Updates a resource, or says what is known of it in a preview. */
  update(request: Request, state: Properties, news: Properties, ignored: readonly string[]): Promise<Properties> {
    const type = typeOf(request.urn);
    const inputs = withIgnored(news, state, ignored);
    if (request.preview) return Promise.resolve(type.previewUpdate(state, inputs));
    return this.run(request, (operation) => type.update(state, inputs, operation));
  }

  /** Deletes a resource. */
  delete(request: Request, state: Properties): Promise<void> {
    return this.run(request, (operation) => typeOf(request.urn).delete(state, operation));
  }

  /** Runs a function of the package. It runs in previews too. */
  invoke(token: string, args: Properties, log: Log): Promise<{ failures: Failure[]; outputs?: Properties }> {
    if (token !== "command:local:run") throw new Error(`the stand-in for the command provider does not know ${token}`);
    const { inputs, failures } = checkInputs(shapes[token], args);
    if (failures.length > 0) return Promise.resolve({ failures });
    const request = { urn: "", log, preview: false, timeoutSeconds: 0 };
    return this.run(request, async (operation) => ({ failures, outputs: await invokeRun(inputs, operation) }));
  }

  /** Ends what is under way and lets nothing new begin. */
  cancel(): void {
    this.cancelled.abort();
  }

  private async run<T>(request: Request, work: (operation: Operation) => Promise<T>): Promise<T> {
    const limit = new AbortController();
    const abort = () => limit.abort();
    if (this.cancelled.signal.aborted) abort();
    this.cancelled.signal.addEventListener("abort", abort);
    const seconds = Math.trunc(request.timeoutSeconds);
    const timer = seconds > 0 ? setTimeout(abort, seconds * 1000) : undefined;
    try {
      return await work({ log: request.log, signal: limit.signal });
    } finally {
      clearTimeout(timer);
      this.cancelled.signal.removeEventListener("abort", abort);
    }
  }
}

function sourceFailures(inputs: Properties): Failure[] {
  const source = inputs["source"];
  if (source === undefined || isUnknown(source)) return [];
  const kind = assetKind(source);
  const members = source as Properties;
  if (kind === "asset" && !members["path"] && members["text"] === undefined) {
    return [{ property: "asset", reason: "asset must be a path-based file asset or a text asset" }];
  }
  if (kind === "archive" && !members["path"]) {
    return [{ property: "archive", reason: "archive must be a path to a file or directory" }];
  }
  return [];
}
