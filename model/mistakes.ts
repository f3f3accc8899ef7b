/** One thing that is wrong with an input: where, what, the value received and what to write instead. */
export interface Mistake {
  /** Property path as the user wrote it, such as `policy.full.retentionDays`. */
  path: string;
  /** What is wrong, as a clause: "must be at least 1". */
  problem: string;
  /** The value received. */
  received: unknown;
  /** What to write instead. */
  remedy: string;
}

/** Thrown once for all mistakes of an input; the message names each of them. */
export class InputError extends Error {
  constructor(
    subject: string,
    readonly mistakes: readonly Mistake[],
  ) {
    super(`${subject}: ${mistakes.length === 1 ? "1 mistake" : `${mistakes.length} mistakes`}\n${describe(mistakes)}`);
    this.name = "InputError";
  }
}

function describe(mistakes: readonly Mistake[]): string {
  return mistakes.map((m) => `  - ${m.path}: ${m.problem} (received ${show(m.received)}). ${m.remedy}`).join("\n");
}

/** What stands in a message where a secret was given. */
export const secretShown = "(not shown)";

const secretNames = ["secretAccessKey", "sessionToken", "privateKey", "privateKeyPassword", "identity"];

/** True for names, and paths of names, whose values are for nobody's eyes. */
export function isSecret(path: string): boolean {
  return secretNames.includes(path.slice(path.lastIndexOf(".") + 1));
}

/** A value as a person reads it in a message; long ones are cut, secrets left out. */
export function show(value: unknown): string {
  if (value === undefined) return "nothing";
  // JSON has neither NaN nor bigints.
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  const text = withoutKeys(textOf(value) ?? typeof value);
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}

function textOf(value: unknown): string | undefined {
  const plain = (name: string, inner: unknown): unknown => {
    if (isSecret(name) && inner !== undefined) return secretShown;
    return typeof inner === "bigint" ? String(inner) : inner;
  };
  try {
    return JSON.stringify(value, plain);
  } catch {
    return undefined; // It holds itself.
  }
}

/** Texts that should not be here at all: a private key's, an identity of age's, and what stands before the host's name in an address. */
function withoutKeys(text: string): string {
  if (text.includes("PRIVATE KEY-----") || /AGE-(?:SECRET-KEY|PLUGIN)-/i.test(text)) return JSON.stringify(secretShown);
  return text.replace(/:\/\/[^"\s]*@/g, "://…@");
}

/** Collects mistakes; `throwIfAny` raises them as one `InputError`. */
export class Mistakes {
  private readonly found: Mistake[] = [];

  add(path: string, problem: string, received: unknown, remedy: string): void {
    this.found.push({ path, problem, received, remedy });
  }

  /** Adds a mistake unless `condition` holds; returns the condition. */
  require(condition: boolean, mistake: Mistake): boolean {
    if (!condition) this.found.push(mistake);
    return condition;
  }

  get all(): readonly Mistake[] {
    return this.found;
  }

  throwIfAny(subject: string): void {
    if (this.found.length > 0) throw new InputError(subject, this.found);
  }
}
