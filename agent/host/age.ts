import { PassThrough, type Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { isIdentity } from "../../model/ageKeys";
import { Damaged, Refused, WorldFault } from "../run/errors";
import { interrupted } from "../run/interrupt";
import { isCode } from "./files";
import { type Ended, ProgramFailed, start } from "./piped";
import { run } from "./run";

/**
 * Its version.
 * @throws WorldFault where this host cannot run it.
 */
export async function ageVersion(): Promise<string> {
  const { code, stdout, stderr } = await run("age", ["--version"]);
  if (code !== 0) throw new WorldFault(`age does not run: ${stderr.trim()}`);
  return stdout.trim();
}

/**
 * A stream, encrypted to each of the recipients (docs/decisions/0030-encryption.md). It ends only when the program has
 * ended well and all of `content` was read: the end of a pipe alone proves nothing (hazard 15).
 */
export function encrypted(content: Readable, recipients: readonly string[]): Readable {
  // Without any, age would ask for a passphrase.
  if (recipients.length === 0) throw new TypeError("nobody could decrypt it");
  const to = recipients.flatMap((recipient) => ["--recipient", recipient]);
  return through(content, start("age", ["--encrypt", ...to], ["pipe", "pipe", "pipe"]));
}

/** Node's pipes are sockets, which no program can open by a name: the shell makes a true one, and becomes age. */
const decryption = "exec age --decrypt --identity <(exec cat <&3)";

/**
 * The plain content of an encrypted stream. It comes before its end was checked: whoever reads takes nothing for good
 * before the stream has ended. Any of the identities may be the one. They go through a pipe: no list of processes and no
 * file ever holds them.
 * @throws Refused where it was encrypted to others, Damaged where it is not as it was encrypted.
 */
export function decrypted(content: Readable, identities: readonly string[]): Readable {
  // age repeats a line that it cannot read.
  if (identities.length === 0 || !identities.every(isIdentity)) throw new TypeError("not an age identity");
  const decrypting = start("bash", ["-c", decryption], ["pipe", "pipe", "pipe", "pipe"]);
  const secret = decrypting.child.stdio[3] as Writable;
  secret.on("error", () => undefined); // How it ended says more.
  secret.end(identities.map((identity) => `${identity}\n`).join(""));
  return through(content, decrypting, explainDecryption);
}

function through(content: Readable, { child, ended }: Ended, explain = (error: Error): Error => error): Readable {
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error("both are pipes");
  const result = new PassThrough({ highWaterMark: 1024 * 1024 });
  // It may fail before anybody listens, and whoever reads it then is told: unheard, it would end the whole process.
  result.on("error", () => undefined);
  const feeding = pipeline(content, stdin);
  // Read from the first moment: Node throws away what a program that has ended left unread in its pipe.
  stdout.pipe(result, { end: false });
  // Nobody reads on: the program would wait for ever.
  result.once("close", () => stdout.destroy());
  void Promise.allSettled([ended, feeding]).then(([program, fed]) => {
    const failure = failureOf(program, fed);
    if (failure === undefined) result.end();
    else result.destroy(explain(failure));
  });
  return result;
}

const echoes = ["EPIPE", "ECONNRESET", "ERR_STREAM_PREMATURE_CLOSE", "ERR_STREAM_DESTROYED"];

/** A failure to read is the cause of the program's, unless it is its echo. */
function failureOf(program: PromiseSettledResult<void>, fed: PromiseSettledResult<void>): Error | undefined {
  if (interrupted.aborted) return interrupted.reason as Error;
  if (fed.status === "rejected" && !isCode(fed.reason, ...echoes)) return fed.reason as Error;
  if (program.status === "rejected") return program.reason as Error;
  return fed.status === "rejected" ? (fed.reason as Error) : undefined;
}

function explainDecryption(error: Error): Error {
  if (!(error instanceof ProgramFailed)) return error;
  if (/age: (?:command )?not found/.test(error.message)) {
    return new WorldFault("age was not found. Install it or put it on PATH.");
  }
  if (/no identity matched/.test(error.message)) {
    return new Refused(
      "it was encrypted to other recipients than that of any identity that was given. Give the identity of one of them.",
    );
  }
  return new Damaged(`it cannot be decrypted: ${error.message.split("\n").join("; ")}`);
}
