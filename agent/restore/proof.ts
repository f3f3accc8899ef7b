import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import type { Node } from "../context";
import type { Admin } from "../database/admin";
import { parseConfig } from "../database/config";
import { AdminHttp } from "../database/http";
import { scratchConfig } from "../database/scratch";
import { readIfThere, replaceFile } from "../host/files";
import { ProcessService } from "../host/service";
import { copyTree } from "../host/tree";
import { Damaged, WorldFault } from "../run/errors";
import { rest } from "../run/interrupt";
import type { StepControl } from "../run/steps";
import { resolvedOf, restorePaths, type RestoreContext } from "./context";
import { holdCommand } from "./material";

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

function dataOf(context: RestoreContext): string {
  return path.join(restorePaths(context).tree, "data");
}

const proofDeadlineMs = 120_000;

/** Starts a copy alone on loopback: counts, and one acknowledged write. The staged data itself is never started. */
export async function prove(context: RestoreContext, promised: number | null, control: StepControl): Promise<void> {
  const { proof } = restorePaths(context);
  await rm(proof, { recursive: true, force: true });
  const dataDirectory = path.join(proof, "data");
  await copyTree(dataOf(context), dataDirectory);
  await whileAlone(context.node, { directory: proof, dataDirectory }, async (admin) => {
    await control.point();
    await question(admin, promised);
  });
  await rm(proof, { recursive: true, force: true });
}

/** Starts data alone on loopback, archiving nothing, for some work; it takes writes then. It is stopped whatever happens. */
export async function whileAlone(
  node: Node,
  copy: { directory: string; dataDirectory: string },
  work: (admin: Admin) => Promise<void>,
): Promise<void> {
  const configFile = await scratchConfig(node, { ...copy, archiveCommand: holdCommand });
  const service = new ProcessService({ ...node.config.node, configFile }, null);
  try {
    await service.start();
    await leadsAlone(new AdminHttp(await adminUrlOf(configFile)));
    const admin = node.admin.withConfig(configFile);
    await admin.mustRun(["resume-writes"], { timeoutSeconds: 30 });
    await work(admin);
  } finally {
    await service.stop();
  }
}

/** What a copy must stand: it holds the entries that were promised, and takes a write. */
export async function question(admin: Admin, promised: number | null): Promise<void> {
  const found = await admin.totalEntries();
  if (promised !== null && found !== null && found < promised) {
    throw new Damaged(
      `a copy of the restored data counts ${found} entries; the manifest promises at least ${promised}`,
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
