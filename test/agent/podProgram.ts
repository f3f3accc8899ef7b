import fs from "node:fs";
import { runCommandLine } from "../../agent/cli/program";
import { nodeOf } from "../../agent/context";
import { Phases } from "../../agent/kubernetes/phases";
import { recoverPod } from "../../agent/kubernetes/recovery";
import type { RecordStore } from "../../agent/kubernetes/record";
import { restorePod } from "../../agent/kubernetes/restore";
import { explain } from "../../agent/run/errors";
import { jsonReporter } from "../../agent/run/events";
import { interrupted, listenForSignals, rest } from "../../agent/run/interrupt";
import { type AgentConfig, parseAgentConfig } from "../../model/agentConfig";
import type { RestoreSpec } from "../../model/specs";

/** What stands in for the two containers of a pod: the same functions, with the ConfigMap in a file. */
export interface PodRequest {
  config: AgentConfig;
  spec: RestoreSpec;
  /** Holds the record. */
  store: string;
  /** Written as soon as the sidecar says that the pod is ready. */
  ready: string;
}

/** As the API server keeps it: replaced by who has seen the last version only. */
function fileStore(file: string): RecordStore {
  const read = (): { text: string; version: string } => {
    const text = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
    return { text, version: text };
  };
  return {
    name: "ConfigMap test",
    read: () => Promise.resolve(read()),
    write(text, version) {
      if (read().version !== version) throw new Error("written over another version");
      fs.writeFileSync(`${file}.new`, text);
      fs.renameSync(`${file}.new`, file);
      return Promise.resolve();
    },
  };
}

async function main(): Promise<void> {
  listenForSignals();
  const [mode] = process.argv.slice(2);
  // What guards a pause is this program once more.
  if (mode !== "restore" && mode !== "sidecar") {
    process.exitCode = await runCommandLine(process.argv);
    return;
  }
  const request = JSON.parse(fs.readFileSync(0, "utf8")) as PodRequest;
  const { spec } = request;
  const known = nodeOf(parseAgentConfig(JSON.stringify(request.config), "the test's configuration"));
  const node = {
    ...known,
    // The test is the kubelet.
    service: {
      running: () => known.http.answers(),
      async start() {
        while (!(await known.http.answers())) await rest(50);
      },
      stop: () => Promise.reject(new Error("nobody stops it from here")),
      enable: () => Promise.reject(new Error("nobody enables it from here")),
    },
  };
  const store = fileStore(request.store);
  const reporter = jsonReporter(`pod-${mode}`, (line) => {
    process.stderr.write(line);
    fs.appendFileSync(`${request.ready}.log`, line);
  });
  try {
    if (mode === "restore") {
      process.stdout.write(`${JSON.stringify(await restorePod({ node, spec, store }, reporter))}\n`);
      return;
    }
    const ready = (): void => fs.writeFileSync(request.ready, "");
    const common = { node, spec, reporter, stopping: interrupted };
    const phases = new Phases(common);
    interrupted.addEventListener("abort", () => void phases.stop());
    await recoverPod({ ...common, store, phases, ready });
    process.stdout.write("{}\n");
  } catch (error) {
    const { exitCode, message } = explain(error);
    reporter.emit({ event: "error", message });
    process.exitCode = exitCode;
  }
}

void main();
