import { execFile } from "node:child_process";
import { agentBundle } from "../components/agentBundle";
import { agentMessage } from "../components/results";
import { CommandFailure, ExitCode } from "./terminal";

/**
 * Runs the package's own copy of the agent on this machine: it knows every kind of archive. Its result, as text.
 * @throws CommandFailure with its exit code where that is one of `told`, else as a failure of the world.
 */
export function runAgent(words: readonly string[], told: readonly ExitCode[]): Promise<string> {
  const { file } = agentBundle();
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [file, ...words, "--json"], { maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      const exitCode = told.find((known) => known === error.code);
      reject(new CommandFailure(agentMessage(new Error(stderr)), exitCode ?? ExitCode.World));
    });
  });
}
