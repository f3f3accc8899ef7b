import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { counted } from "../model/units";
import { flagHelp } from "./flags";
import { replaceFile } from "./files";
import { header, patchFolder, renderedBackups, type RenderedObject } from "./manifests";
import { readRender, renderFlags } from "./renderRequest";
import { CommandFailure, ExitCode, type Terminal } from "./terminal";

export const renderHelp = `Usage: npx pulumi-neumann render --config FILE [--out DIR | --patch] [flags]

Writes the manifests of a cluster's backups on Kubernetes as YAML, for those who apply manifests themselves (kubectl, Argo CD,
Flux): the same objects that KubernetesBackups makes. It asks no cluster. The same configuration gives the same text.

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

Exit codes: 0 rendered; 2 wrong input, with all that is wrong; 4 a file cannot be written.`;

/** `render`: the exit code. @throws InputError, CommandFailure */
export async function render(argv: readonly string[], terminal: Terminal): Promise<number> {
  const { request, out, onlyPatch } = await readRender(argv);
  const { objects, patch } = renderedBackups(request);
  if (out === undefined) {
    const shown = onlyPatch ? [patch] : objects;
    terminal.out(shown.map(({ yaml }) => yaml.trimEnd()).join("\n---\n"));
    return ExitCode.Done;
  }
  const { written, removed } = await writeAll([...objects, patch], out);
  if (argv.includes("--json")) terminal.out(JSON.stringify({ written, removed }));
  else terminal.out(told(written, removed, out));
  return ExitCode.Done;
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
    await mkdir(path.join(out, patchFolder), { recursive: true });
    for (const { file, yaml } of objects) await replaceFile(path.join(out, file), yaml);
    const removed = await staleIn(out, written);
    for (const file of removed) await rm(path.join(out, file));
    return { written, removed };
  } catch (error) {
    throw new CommandFailure(`The manifests were not written: ${(error as Error).message}`, ExitCode.World);
  }
}

/** Files of an earlier run, known by their first line. */
async function staleIn(out: string, written: readonly string[]): Promise<string[]> {
  const patches = (await readdir(path.join(out, patchFolder))).map((name) => `${patchFolder}/${name}`);
  const all = [...(await readdir(out)), ...patches].filter((name) => name.endsWith(".yaml")).sort();
  const others = all.filter((name) => !written.includes(name));
  const own = await Promise.all(
    others.map(async (name) => (await readFile(path.join(out, name), "utf8")).startsWith(`${header}\n`)),
  );
  return others.filter((_, at) => own[at]);
}
