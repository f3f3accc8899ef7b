import { rm } from "node:fs/promises";
import path from "node:path";
import type { Manifest } from "../../model/manifest";
import type { Admin } from "../database/admin";
import { AdminHttp } from "../database/http";
import { scratchConfig } from "../database/scratch";
import { readIfThere, replaceFile } from "../host/files";
import { ProcessService } from "../host/service";
import { copyTree } from "../host/tree";
import { Damaged, WorldFault } from "../run/errors";
import type { StepControl } from "../run/steps";
import { resolvedOf, restorePaths, type RestoreContext } from "./context";
import { readFile } from "node:fs/promises";
import { parseConfig } from "../database/config";
import { rest } from "../run/interrupt";

const provenMarker = "proven";

/** The staging folder holds bootstrapped, verified data of this very plan. */
export async function isProven(context: RestoreContext): Promise<boolean> {
  const text = await readIfThere(path.join(restorePaths(context).staging, provenMarker));
  return text?.trim() === resolvedOf(context).digest;
}

/** Written last, when all is on the disk. */
export async function noteProven(context: RestoreContext): Promise<void> {
  await replaceFile(path.join(restorePaths(context).staging, provenMarker), `${resolvedOf(context).digest}\n`);
}

/** Says "not now" to every segment: the new history's log waits until the recovery is accepted. */
const holdCommand = "exit 75";

function dataOf(context: RestoreContext): string {
  return path.join(restorePaths(context).tree, "data");
}

/** `init-cluster --bootstrap` on the staged data, once: a run that dies here fetches again. */
export async function bootstrapInStaging(context: RestoreContext, control: StepControl): Promise<void> {
  const { node } = context;
  const configFile = await scratchConfig(node, {
    directory: path.join(restorePaths(context).staging, "config"),
    dataDirectory: dataOf(context),
    archiveCommand: holdCommand,
  });
  const admin = node.admin.withConfig(configFile);
  await control.point();
  await admin.mustRun(["init-cluster", "--bootstrap"], { timeoutSeconds: 600 });
  const { code, stderr } = await admin.run(["verify-checksums"], { timeoutSeconds: 3600 });
  if (code !== 0)
    throw new Damaged(`the staged data fails verify-checksums: ${stderr.trim()}. Nothing was put in place.`);
}

const proofDeadlineMs = 120_000;

/** Starts a copy alone on loopback: counts, and one acknowledged write. The staged data itself is never started. */
export async function prove(context: RestoreContext, manifest: Manifest, control: StepControl): Promise<void> {
  const { proof } = restorePaths(context);
  await rm(proof, { recursive: true, force: true });
  const dataDirectory = path.join(proof, "data");
  await copyTree(dataOf(context), dataDirectory);
  const configFile = await scratchConfig(context.node, {
    directory: proof,
    dataDirectory,
    archiveCommand: holdCommand,
  });
  const service = new ProcessService({ ...context.node.config.node, configFile }, null);
  await service.start();
  try {
    await control.point();
    await question(context, configFile, manifest);
  } finally {
    await service.stop();
  }
  await rm(proof, { recursive: true, force: true });
}

async function question(context: RestoreContext, configFile: string, manifest: Manifest): Promise<void> {
  const admin = context.node.admin.withConfig(configFile);
  await leadsAlone(new AdminHttp(await adminUrlOf(configFile)));
  await admin.mustRun(["resume-writes"], { timeoutSeconds: 30 });
  const found = await admin.totalEntries();
  if (manifest.totalEntries !== null && found !== null && found < manifest.totalEntries) {
    throw new Damaged(
      `a copy of the restored data counts ${found} entries; the manifest promises at least ${manifest.totalEntries}`,
    );
  }
  await takesWrites(admin);
}

async function leadsAlone(http: AdminHttp): Promise<void> {
  for (const deadline = Date.now() + proofDeadlineMs; Date.now() < deadline; await rest(50)) {
    const metrics = await http.metrics().catch(() => undefined);
    if (metrics?.role === "leader") return;
  }
  throw new WorldFault(
    "the copy of the restored data did not start and lead alone. Look at the log beside its configuration.",
  );
}

async function takesWrites(admin: Admin): Promise<void> {
  const statements = [
    "CREATE TABLE neumann_backup_probe (k INT, v TEXT)",
    "INSERT INTO neumann_backup_probe (k, v) VALUES (1, 'probe')",
    "SELECT COUNT(*) FROM neumann_backup_probe",
  ];
  const answers = await admin.mustRun(["query", "-"], { input: `${statements.join("\n")}\n`, timeoutSeconds: 60 });
  const [, inserted, counted] = answers.trim().split("\n");
  if (inserted?.trim() !== "OK" || !/\b1\b/.test(counted ?? "")) {
    throw new WorldFault(`a copy of the restored data takes no writes: ${answers.trim().slice(0, 300)}`);
  }
}

async function adminUrlOf(configFile: string): Promise<string> {
  const tables = parseConfig(await readFile(configFile, "utf8"), configFile);
  return `http://${String(tables.metrics?.bind_address)}`;
}
