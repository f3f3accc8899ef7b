import { execFile } from "node:child_process";
import { agentBundle } from "../components/agentBundle";
import { agentMessage } from "../components/results";
import { CommandFailure, ExitCode } from "./terminal";

/**
 * Runs the package's own copy of the agent on this machine: it knows every kind of archive. Its result, as text.
 * A specification goes to its standard input, where nobody else reads it.
 * @throws CommandFailure with its exit code where that is one of `told`, else as a failure of the world.
 */
export function runAgent(words: readonly string[], told: readonly ExitCode[], specification?: object): Promise<string> {
  const { file } = agentBundle();
  return new Promise((resolve, reject) => {
    const line = [file, ...words, "--json"];
    const child = execFile(process.execPath, line, { maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      const exitCode = told.find((known) => known === error.code);
      reject(new CommandFailure(agentMessage(new Error(stderr)), exitCode ?? ExitCode.World));
    });
    // One that ends before it has read says why by its exit code.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(specification === undefined ? "" : `${JSON.stringify(specification)}\n`);
  });
}
