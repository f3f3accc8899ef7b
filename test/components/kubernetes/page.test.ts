import { expect, it } from "vitest";
import { KubernetesBackups, RehearsalNamespace } from "../../../components/kubernetes";
import { cronJobs } from "../../../model/kubernetes/jobs";
import { accountDuties, withDefaults } from "../../../model/kubernetes/request";
import { readDocument, tableAfter } from "../../format/document";
import { run } from "../harness";
import { request } from "../../model/kubernetes/requests";
import { agePairs } from "../../model/fixtures";
import { args, usual } from "./backupRuns";
import { makeCluster, recoveringVolume, volumePoint } from "./clusterRuns";

const page = readDocument("docs/kubernetes-objects.md");

/** First and second column of the table after a heading, each with all that stands in backticks. */
function rowsAfter(heading: string): [string[], string[]][] {
  const section = page.slice(page.indexOf(`\n${heading}\n`)).split(/\n#+ /)[1] ?? "";
  const quoted = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text ?? "");
  return section
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => line.split("|"))
    .map(([, first = "", second = ""]) => [quoted(first), quoted(second)]);
}

it("docs/kubernetes-objects.md names each child of KubernetesBackups with its type", async () => {
  const { resources } = await run(
    (opts) => new KubernetesBackups("<name>", { ...args, traffic: { isolatedPods: true }, monitoring: true }, opts),
    usual,
  );
  const made = resources
    .filter(({ type }) => !type.startsWith("pulumi-neumann:"))
    .map(({ name, type }) => `${name} ${type.replace(/^kubernetes:/, "")}`);
  const told = rowsAfter("## Children of KubernetesBackups").flatMap(([names, types]) =>
    names.map((name, at) => `${name} ${types[types.length === 1 ? 0 : at]}`),
  );
  expect(told.sort()).toEqual(made.sort());
});

it("docs/kubernetes-objects.md names each job with its command, and each account", () => {
  const jobs = cronJobs(withDefaults(request)).map(({ metadata, spec }) => [
    metadata.name,
    spec.jobTemplate.spec.template.spec.containers[0]?.args.slice(2).join(" "),
  ]);
  expect(rowsAfter("## Jobs").map(([[name], [command]]) => [name, command])).toEqual(jobs);
  expect(tableAfter(page, "## Accounts")).toEqual(accountDuties.map((duty) => `neumann-backup-${duty}`));
});

it("docs/kubernetes-objects.md names each child of KubernetesCluster beside those of KubernetesBackups", async () => {
  const { resources } = await makeCluster(
    { monitoring: true, restoreFrom: { recoveryId: "r1", restorePoint: volumePoint, identity: agePairs[0].identity } },
    recoveringVolume,
  );
  const rows = (heading: string) =>
    rowsAfter(heading).flatMap(([names, types]) =>
      names.map((name, at) => `${name} ${types[types.length === 1 ? 0 : at]}`),
    );
  const made = resources
    .filter(({ type }) => !type.startsWith("pulumi-neumann:"))
    .map(({ name, type }) => `${name.replace(/^prod-/, "<name>-")} ${type.replace(/^kubernetes:/, "")}`);
  const others = rows("## Children of KubernetesBackups").filter((row) => !/-(patch|network-pods) /.test(row));
  expect([...rows("## Children of KubernetesCluster"), ...others].sort()).toEqual(made.sort());
});

it("docs/kubernetes-objects.md names each child of RehearsalNamespace with its type", async () => {
  const { resources } = await run(
    (opts) => new RehearsalNamespace("<name>", { clusterId: "prod", quota: { storage: "1Gi" } }, opts),
    usual,
  );
  const made = resources
    .filter(({ type }) => !type.startsWith("pulumi-neumann:"))
    .map(({ name, type }) => [[name], [type.replace(/^kubernetes:/, "")]]);
  const told = rowsAfter("## Children of RehearsalNamespace").map(([names, types]) => [names, types.slice(0, 1)]);
  expect(told.sort()).toEqual(made.sort());
});
