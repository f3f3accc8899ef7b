import path from "node:path";
import type { Command } from "commander";
import { alertRuleGroups, alertRules } from "../../model/alertRules";
import { isNodeId } from "../../model/addresses";
import { embeddedMetrics } from "../../model/aws/embeddedMetrics";
import { InputError, Mistakes } from "../../model/mistakes";
import { exposition } from "../../model/prometheus";
import type { Status } from "../../model/status";
import { statusMetrics } from "../../model/statusMetrics";
import { status } from "../commands/status";
import { loadConfig, loadNode } from "../context";
import { asRoot, servedAsRoot } from "../host/asRoot";
import { exists } from "../host/files";
import { ExitCode } from "../run/errors";
import type { GlobalOptions, Runner } from "./program";
import { statusTable } from "./statusTable";

interface StatusFlags {
  prometheus: boolean;
  emf: boolean;
  prometheusFile?: string;
}

const examples = `
Examples:
  neumann-backup status
  neumann-backup --json status
  neumann-backup status --prometheus-file /var/lib/prometheus/node-exporter/neumann-backup.prom
  neumann-backup status --emf >> /var/log/neumann-backup/metrics.log

docs/monitoring.md shows how Prometheus and CloudWatch read it, and what each alarm means.`;

/** What monitoring asks for. */
export function addStatusCommands(program: Command, run: Runner, options: () => GlobalOptions): void {
  program
    .command("status")
    .description("backups, log, pauses and verifications against the policy; exit code 4 when something is wrong")
    .option("--prometheus", "print metrics in Prometheus' text format", false)
    .option("--emf", "print metrics in CloudWatch's embedded metric format, one JSON line a set of dimensions", false)
    .option("--prometheus-file <file>", "also write them, whole, into this file for the node exporter")
    .addHelpText("after", examples)
    .action(({ prometheus, emf, prometheusFile }: StatusFlags) =>
      run("status", async () => {
        refuseTwoFormats({ prometheus, emf, json: options().json });
        const file = prometheusFile === undefined ? undefined : path.resolve(prometheusFile);
        if (file !== undefined) {
          await checkFile(file);
          // The exporter's folder is root's: a part of this stays root for this one file.
          const code = await servedAsRoot((await loadConfig(options().config)).node, [file]);
          if (code !== undefined) process.exit(code); // The part that did the work has said everything.
        }
        const found = await status(await loadNode(options().config));
        const metrics = exposition(statusMetrics(found));
        if (file !== undefined) await asRoot({ do: "publish", file, text: metrics });
        const text = prometheus ? metrics.trimEnd() : emf ? embeddedText(found) : statusTable(found);
        return { result: found, text, exitCode: found.good ? ExitCode.Done : ExitCode.World };
      }),
    );

  program
    .command("alert-rules")
    .description("Prometheus' alerting rules for the agent's policy, as YAML")
    .option("--nodes <ids>", "node ids: an alarm for each that says nothing")
    .action(({ nodes }: { nodes?: string }) =>
      run("alert-rules", async () => {
        const ids = nodes === undefined ? undefined : nodeIds(nodes);
        const { archive, policy } = await loadConfig(options().config);
        const { clusterId } = archive;
        const request = { clusterId, policy, offsite: archive.offsite !== undefined, nodes: ids };
        return { result: alertRuleGroups(request), text: alertRules(request).trimEnd() };
      }),
    );
}

function embeddedText(found: Status): string {
  return embeddedMetrics(found)
    .map((line) => JSON.stringify(line))
    .join("\n");
}

function refuseTwoFormats({ json, ...flags }: { prometheus: boolean; emf: boolean; json: boolean }): void {
  const { prometheus, emf } = flags;
  if ([prometheus, emf, json].filter(Boolean).length < 2) return;
  const remedy = "Leave one of them out; --prometheus-file goes with either.";
  const [path, other] =
    prometheus && !emf ? ["--prometheus", "--json"] : ["--emf", prometheus ? "--prometheus" : "--json"];
  const mistake = { path, problem: `contradicts ${other}: one format is printed`, received: true, remedy };
  throw new InputError("The status cannot be printed", [mistake]);
}

/** A name that is none would be an alarm that never ends. */
function nodeIds(text: string): string[] {
  const ids = text.split(",").map((id) => id.trim());
  const mistakes = new Mistakes();
  const remedy = "Write node ids with commas between them, such as node1,node2,node3.";
  for (const id of ids.filter((found) => !isNodeId(found))) mistakes.add("--nodes", "is no node id", id, remedy);
  mistakes.throwIfAny("The alerting rules cannot be made");
  return ids;
}

async function checkFile(file: string): Promise<void> {
  const mistakes = new Mistakes();
  mistakes.require(file.endsWith(".prom"), {
    path: "--prometheus-file",
    problem: "is no file that the node exporter reads",
    received: file,
    remedy: "Let its name end with .prom.",
  });
  mistakes.require(await exists(path.dirname(file)), {
    path: "--prometheus-file",
    problem: "is in a folder that is not there",
    received: file,
    remedy: "Make the folder that --collector.textfile.directory of the node exporter names, or name it rightly.",
  });
  mistakes.throwIfAny("The metrics cannot be written");
}
