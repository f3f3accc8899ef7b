import fs from "node:fs";
import path from "node:path";

/** A secret with a name that may be printed. */
export interface Secret {
  name: string;
  value: string;
}

/** The ways in which a secret would lie about: as it is, or as anybody can read it back. */
function formsOf({ value }: Secret): Buffer[] {
  const base64 = Buffer.from(value).toString("base64").replace(/=+$/, "");
  // The end of an encoded text depends on what follows it.
  return [Buffer.from(value), Buffer.from(base64.slice(0, -2)), Buffer.from(Buffer.from(value).toString("hex"))];
}

/** The private part of an Ed25519 key in PEM, as it stands in one of its lines. */
export function pemSecret(name: string, pem: string): Secret {
  const lines = pem.split("\n").filter((line) => line !== "" && !line.startsWith("-----"));
  // In the form of OpenSSH it begins 161 bytes in, after what every key of its kind has, and the public part.
  return { name, value: lines[3]?.slice(5, 47) ?? (lines[0] as string).slice(-40) };
}

/** Names of the secrets that something holds. */
export function secretsIn(content: Buffer | string, secrets: readonly Secret[]): string[] {
  const bytes = Buffer.from(content);
  return secrets.filter((secret) => formsOf(secret).some((form) => bytes.includes(form))).map(({ name }) => name);
}

/** Files below a folder that hold one, as `file: name`. */
export function filesWithSecrets(folder: string, secrets: readonly Secret[]): string[] {
  return (fs.readdirSync(folder, { recursive: true }) as string[]).flatMap((name) => {
    const file = path.join(folder, name);
    if (fs.lstatSync(file, { throwIfNoEntry: false })?.isFile() !== true) return [];
    return secretsIn(fs.readFileSync(file), secrets).map((secret) => `${name}: ${secret}`);
  });
}

/** Looks at every process of this machine, those of its hosts among them, again and again. */
export class ProcessWatch {
  /** What was seen, once each. */
  readonly found = new Set<string>();
  looks = 0;
  private readonly timer: NodeJS.Timeout;

  /**
   * `environments`: of which processes also the environment is looked at, by number and command line. `own`: command
   * lines of the test itself, which are not looked at.
   */
  constructor(
    private readonly secrets: readonly Secret[],
    private readonly environments: (pid: string, command: string) => boolean,
    private readonly own: RegExp | undefined = undefined,
  ) {
    this.timer = setInterval(() => this.look(), 25);
  }

  stop(): string[] {
    clearInterval(this.timer);
    return [...this.found];
  }

  private look(): void {
    this.looks += 1;
    for (const pid of fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      const command = read(pid, "cmdline");
      const words = command.toString().replaceAll("\0", " ");
      if (this.own?.test(words) !== true) this.note("command line", command);
      if (this.environments(pid, words)) this.note(`environment of ${words.slice(0, 80)}`, read(pid, "environ"));
    }
  }

  private note(where: string, content: Buffer): void {
    for (const name of secretsIn(content, this.secrets)) this.found.add(`${where}: ${name}`);
  }
}

function read(pid: string, name: string): Buffer {
  try {
    return fs.readFileSync(`/proc/${pid}/${name}`);
  } catch {
    return Buffer.alloc(0); // It ended, or is another's.
  }
}
