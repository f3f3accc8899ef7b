import { createHash } from "node:crypto";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Script } from "node:vm";

/** The program that is started, as text; put here when the bundle is built. */
declare const PROGRAM: string;
const program = PROGRAM; // Once: the builder puts the text wherever it is named.

/** Beside the configuration: what V8 compiled in a run before, behind a hash of the program, of Node's version and of itself. */
const file = path.join(path.dirname(process.argv[2] ?? ""), "state", "wal-push.cache");

function hashOf(compiled: Buffer): Buffer {
  return createHash("sha256").update(program).update(process.version).update(compiled).digest();
}

/** Undefined as well when it is torn or of another program: V8 itself looks at little more than its length. */
function readCache(): Buffer | undefined {
  try {
    const stored = readFileSync(file);
    const compiled = stored.subarray(32);
    return hashOf(compiled).equals(stored.subarray(0, 32)) ? compiled : undefined;
  } catch {
    return undefined;
  }
}

function writeCache(compiled: Buffer): void {
  const temporary = `${file}.tmp`;
  try {
    writeFileSync(temporary, Buffer.concat([hashOf(compiled), compiled]));
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

const cachedData = readCache();
const script = new Script(`(function (require, module, exports) {${program}\n})`, {
  filename: "neumann-wal-push",
  cachedData,
});
if (cachedData === undefined || script.cachedDataRejected === true) {
  // After a success, for then all that a success needs is compiled.
  process.on("exit", (code) => {
    if (code !== 0) return;
    try {
      writeCache(script.createCachedData());
    } catch {
      // A full or read-only disk: the segment is stored, and the next start compiles again.
    }
  });
}
const start = script.runInThisContext() as (...names: unknown[]) => void;
start(require, module, exports);
