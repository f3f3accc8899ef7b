import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, rmdir } from "node:fs/promises";
import path from "node:path";
import { counted } from "../model/units";
import { flagHelp } from "./flags";
import { replaceFile } from "./files";
import {
  clusterFolders,
  folders,
  header,
  patchFolder,
  renderedBackups,
  renderedCluster,
  type RenderedObject,
} from "./manifests";
import { plannedCluster } from "./renderPlan";
import { readRender, renderFlags, type RenderOrder } from "./renderRequest";
import { CommandFailure, ExitCode, type Terminal } from "./terminal";

export const renderHelp = `Usage: npx pulumi-neumann render --config FILE [--kind cluster] [--out DIR | --patch] [flags]

Writes the manifests of a cluster's backups on Kubernetes as YAML, for those who apply manifests themselves (kubectl, Argo CD,
Flux): the same objects that KubernetesBackups makes, or by --kind cluster KubernetesCluster. It asks no cluster. The same
configuration gives the same text.

To standard output go the objects, or by --patch what the StatefulSet gets. With --out each object has a file in DIR, and the
patch lies in DIR/${patchFolder}: it only adds to the StatefulSet that is there. Files in DIR that an earlier run wrote and this
one does not are removed; other files are left alone.

${flagHelp(renderFlags)}

FILE holds the arguments of KubernetesBackups (docs/kubernetes.md), but no secret: names of Secrets instead. Such as
  {
    "image": "registry.example.com/neumann-backup@sha256:…",
    "databaseImage": "registry.example.com/neumann@sha256:…",
    "archive": {
      "kind": "s3", "clusterId": "prod", "bucket": "acme-neumann", "region": "eu-central-1",
      "offsite": { "kind": "s3", "bucket": "acme-neumann-offsite", "region": "eu-west-1" }
    },
    "credentialsSecret": "neumann-archive",
    "signingKeySecret": "neumann-signing"
  }
with "workloadIdentity": true in place of credentialsSecret where the accounts have the rights. The Secrets are made once:
  openssl genpkey -algorithm ed25519 -out key.pem
  kubectl --namespace neumann create secret generic neumann-signing --from-file=key.pem
  kubectl --namespace neumann create secret generic neumann-archive --from-file=credentials=$HOME/.aws/credentials

Examples:
  npx pulumi-neumann render --config cluster.json --out manifests
  kubectl apply --server-side --filename=manifests
  kubectl apply --server-side --field-manager=pulumi-neumann --filename=manifests/${patchFolder}
The last restarts the pods one by one. In place of it a kustomization that has the StatefulSet may name the patch:
  patches: [{ path: manifests/${patchFolder}/statefulset-neumann.yaml }]

With --kind cluster FILE holds the arguments of KubernetesCluster: those above, and such as
    "storage": { "size": "100Gi" },
    "restoreFrom": { "recoveryId": "2026-11-23", "restorePoint": "latest-offsite" }
With restoreFrom the plan is made now, by the archive, with this machine's keys of it (the environment or ~/.aws), and shown; it
is pinned by the first pod. Its digest, written as restoreFrom.approvedPlanDigest, refuses any other until then. An identity that
opens the backup is a Secret too, restoreFrom.identitySecret, with the key identity.txt. What an up waits for is waited for here:
  npx pulumi-neumann render --kind cluster --config cluster.json --configuration config.toml --out manifests
  kubectl apply --server-side --filename=manifests
  kubectl apply --server-side --filename=manifests/${clusterFolders.database}
  kubectl apply --server-side --filename=manifests/${clusterFolders.recovery}
  kubectl wait --namespace neumann --for=condition=complete --timeout=24h --filename=manifests/${clusterFolders.recovery}
  kubectl apply --server-side --filename=manifests/${clusterFolders.jobs}
Without restoreFrom there is no folder ${clusterFolders.recovery}; after the recovery it can go: Kubernetes changes no Job.

Exit codes: 0 rendered; 2 wrong input, with all that is wrong; 3 the plan is refused; 4 a file cannot be written, or the archive
cannot be reached; 5 what is to be restored is damaged.`;

/** `render`: the exit code. @throws InputError, CommandFailure */
export async function render(argv: readonly string[], terminal: Terminal): Promise<number> {
  const order = await readRender(argv);
  const { stream, files, plan } = await renderedOf(order);
  const { out } = order;
  const json = argv.includes("--json");
  if (plan !== undefined && !json) terminal.err.write(`${plan.text}\n`);
  if (out === undefined) {
    terminal.out(stream.map(({ yaml }) => yaml.trimEnd()).join("\n---\n"));
    return ExitCode.Done;
  }
  const { written, removed } = await writeAll(files, out);
  const shown = plan === undefined ? {} : { planDigest: plan.digest };
  if (json) terminal.out(JSON.stringify({ written, removed, ...shown }));
  else terminal.out(told(written, removed, out));
  return ExitCode.Done;
}

interface Rendered {
  /** For standard output. */
  stream: RenderedObject[];
  files: RenderedObject[];
  plan?: { text: string; digest: string };
}

async function renderedOf({ backups, cluster, onlyPatch }: RenderOrder): Promise<Rendered> {
  if (cluster !== undefined) {
    const { request, plan } = await plannedCluster(cluster);
    const all = renderedCluster(request);
    return { stream: all, files: all, ...(plan === undefined ? {} : { plan }) };
  }
  if (backups === undefined) throw new Error("one of both is asked for");
  const { objects, patch } = renderedBackups(backups);
  return { stream: onlyPatch ? [patch] : objects, files: [...objects, patch] };
}

function told(written: readonly string[], removed: readonly string[], out: string): string {
  const lines = [`Written to ${out}: ${counted(written.length, "file")}.`];
  if (removed.length > 0) lines.push(`Removed, since the configuration no longer asks for it: ${removed.join(", ")}.`);
  return lines.join("\n");
}

async function writeAll(
  objects: readonly RenderedObject[],
  out: string,
): Promise<{ written: string[]; removed: string[] }> {
  const written = objects.map(({ file }) => file);
  try {
    for (const file of written) await mkdir(path.join(out, path.dirname(file)), { recursive: true });
    for (const { file, yaml } of objects) await replaceFile(path.join(out, file), yaml);
    const removed = await staleIn(out, written);
    for (const file of removed) await rm(path.join(out, file));
    for (const folder of folders) await removeEmpty(path.join(out, folder));
    return { written, removed };
  } catch (error) {
    throw new CommandFailure(`The manifests were not written: ${(error as Error).message}`, ExitCode.World);
  }
}

/** Files of an earlier run, known by their first line. */
async function staleIn(out: string, written: readonly string[]): Promise<string[]> {
  const below = await Promise.all(
    folders.map(async (folder) => (await namesIn(path.join(out, folder))).map((name) => `${folder}/${name}`)),
  );
  const all = [...(await namesIn(out)), ...below.flat()].filter((name) => name.endsWith(".yaml")).sort();
  const others = all.filter((name) => !written.includes(name));
  const own = await Promise.all(
    others.map(async (name) => (await readFile(path.join(out, name), "utf8")).startsWith(`${header}\n`)),
  );
  return others.filter((_, at) => own[at]);
}

async function namesIn(folder: string): Promise<string[]> {
  return existsSync(folder) ? readdir(folder) : [];
}

async function removeEmpty(folder: string): Promise<void> {
  if (existsSync(folder) && (await readdir(folder)).length === 0) await rmdir(folder);
}
