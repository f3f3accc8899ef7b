import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";

/** The agent's program as this package ships it. */
export interface AgentBundle {
  /** Absolute path of the one file. */
  file: string;
  /** Its SHA-256, in hex. */
  sha256: string;
}

/** Reads and checks a program in a folder; gives the reason when it cannot be used. */
export function readBundle(folder: string, name = "neumann-backup.cjs"): AgentBundle | Error {
  const file = path.join(folder, name);
  try {
    const promised = /^[0-9a-f]{64}/.exec(readFileSync(`${file}.sha256`, "utf8"))?.[0];
    const sha256 = createHash("sha256").update(readFileSync(file)).digest("hex");
    if (sha256 === promised) return { file, sha256 };
    return new Error(`the agent's program ${file} is damaged: its SHA-256 is ${sha256}, not ${promised}. ${remedy}`);
  } catch (error) {
    return new Error(`the agent's program ${file} cannot be read: ${(error as Error).message}. ${remedy}`);
  }
}

const remedy = "Install pulumi-neumann again, or in its sources run `npm run build`.";

// Read once, while the module is loaded: constructing a component does no I/O. The reason is kept for the first use,
// so that importing the package for its types or its schema never fails.
const folder = path.join(__dirname, "..", "agent", "bundle");
const shipped = readBundle(folder);
const script = readBundle(folder, "start.sh");

const { version } = JSON.parse(readFileSync(path.join(__dirname, "..", "package.json"), "utf8")) as { version: string };

/** Version of this package. */
export function packageVersion(): string {
  return version;
}

/**
 * The bundle of this package.
 * @throws Error when it is missing or damaged.
 */
export function agentBundle(): AgentBundle {
  if (shipped instanceof Error) throw shipped;
  return shipped;
}

/**
 * The shell script that starts the bundle on a host that has no Node.
 * @throws Error when it is missing or damaged.
 */
export function startScript(): AgentBundle {
  if (script instanceof Error) throw script;
  return script;
}
