import os from "node:os";
import type { Client, ClientChannel } from "ssh2";
import { type Connection, dial } from "./connection";
import { copyPath, copyText } from "./copy";
import { refusedVariables } from "./environment";
import { previousOutput, type Previous } from "./local";
import { type Logging, type Operation, Streams } from "./operation";
import type { Asset, Properties } from "./values";

/** The inputs that say how a remote command is run. */
export interface RemoteInputs {
  connection: Connection;
  stdin?: string;
  logging?: Logging;
  environment?: Record<string, string>;
  addPreviousOutputInEnv?: boolean;
}

/** The inputs of a copy to a host. */
export interface CopyInputs {
  connection: Connection;
  source: Asset;
  remotePath: string;
}

const acceptEnv =
  "This only works if your SSH server is configured to accept these variables via AcceptEnv. " +
  "Alternatively, prefix the command itself with the variables in the form 'VAR=value command'";

/**
 * Runs a command on a host. Once it runs, neither a cancellation nor a time limit ends it: the official provider
 * waits for it too.
 */
export async function runRemote(
  command: string,
  inputs: RemoteInputs,
  previous: Previous,
  operation: Operation,
): Promise<Properties> {
  const session = await dial(inputs.connection, operation);
  try {
    const env = await acceptedEnvironment(session.client, inputs, previous, operation);
    const streams = new Streams(operation.log, inputs.logging);
    const failure = await execute(session.client, { command, env, stdin: inputs.stdin }, streams);
    await streams.end();
    if (failure !== undefined)
      throw new Error(`${failure}: running ${JSON.stringify(command)}:\n${streams.combined()}`);
    return { stdout: streams.text("stdout"), stderr: streams.text("stderr") };
  } finally {
    session.close();
  }
}

/** The variables to set: one of the user's that is refused is an error, earlier output that is refused a warning. */
async function acceptedEnvironment(
  client: Client,
  inputs: RemoteInputs,
  previous: Previous,
  { log }: Operation,
): Promise<Record<string, string>> {
  const earlier = previousOutput(inputs.addPreviousOutputInEnv, previous);
  const wanted: Record<string, string> = { ...inputs.environment, ...earlier };
  if (Object.keys(wanted).length === 0) return wanted;
  for (const key of await refusedVariables(client, wanted)) {
    const fatal = !(key in earlier);
    await log.lasting(fatal ? "error" : "warning", `Unable to set '${key}'. ${acceptEnv}`);
    if (fatal) throw new Error(`could not set environment variable ${JSON.stringify(key)}: ssh: setenv failed`);
    delete wanted[key];
  }
  return wanted;
}

interface Execution {
  command: string;
  env: Record<string, string>;
  stdin?: string;
}

/**
 * Runs to the end and returns what went wrong, if it did.
 *
 * Never awaits the channel before it listens: a short command's output, exit status and close may follow the answer
 * to `exec` in one read of the socket, and ssh2 emits all of it before a promise goes on.
 */
function execute(client: Client, { command, env, stdin }: Execution, streams: Streams): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    client.exec(command, { env }, (error, channel) => {
      if (error) return reject(error);
      resolve(outcome(channel, streams));
      // Not `end`: once both directions have ended, ssh2 would close the channel, and a server that answers a close
      // at once could not send the exit status any more. The official provider waits for the server's close.
      channel.write(stdin ?? "", () => channel.eof());
    });
  });
}

/** Listens at once; waits until the channel and both streams are closed. */
async function outcome(channel: ClientChannel, streams: Streams): Promise<string | undefined> {
  let failure: string | undefined = "wait: remote command exited without exit status or exit signal";
  const closed = (stream: NodeJS.EventEmitter) => new Promise<void>((done) => stream.once("close", () => done()));
  channel.on("data", (chunk: Buffer) => streams.add("stdout", chunk));
  channel.stderr.on("data", (chunk: Buffer) => streams.add("stderr", chunk));
  channel.once("exit", (code: number | null, signal?: string) => {
    failure = code === 0 ? undefined : exitFailure(code, signal);
  });
  // The command need not read what it is given.
  channel.on("error", () => undefined);
  await Promise.all([closed(channel), closed(channel.stderr)]);
  return failure;
}

/** The signals that the official provider has a number for: not all that a server may name. */
const numbered = new Set("ABRT ALRM FPE HUP ILL INT KILL PIPE QUIT SEGV TERM".split(" "));

function exitFailure(code: number | null, signal = ""): string {
  if (code !== null) return `Process exited with status ${code}`;
  const name = signal.replace(/^SIG/, "");
  const number = numbered.has(name) ? os.constants.signals[signal as NodeJS.Signals] : 0;
  return `Process exited with status ${128 + number} from signal ${name}`;
}

/** Copies a file, a folder or a text to a host. */
export async function copyToRemote(inputs: CopyInputs, operation: Operation): Promise<void> {
  const session = await dial(inputs.connection, operation);
  try {
    const { path, text } = inputs.source;
    if (path) await copyPath(session.client, path, inputs.remotePath);
    else await copyText(session.client, text ?? "", inputs.remotePath);
  } finally {
    session.close();
  }
}
