import { randomBytes } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import type { RestorePlan } from "../../model/plan";
import { formatSeconds } from "../../model/units";
import { openReachable } from "../archive/open";
import type { Node } from "../context";
import { makeDirectory } from "../host/files";
import { ProcessService } from "../host/service";
import type { FileHashes } from "../restore/fileHashes";
import {
  bootstrapStaged,
  checkBackup,
  checkSpace,
  fetchBackup,
  fetchSegments,
  type Material,
  readManifest,
  replaySegments,
  treeOf,
} from "../restore/material";
import { whileAlone } from "../restore/proof";
import { WorldFault } from "../run/errors";
import type { Procedure, StepControl } from "../run/steps";
import { planNow } from "./plan";

/** A look back: what a restore point holds, asked of a scratch copy beside the running database. */
export interface QueryContext {
  node: Node;
  restorePoint: string;
  /** One statement a line. */
  statements: string;
  /** Of this run alone; removed at its end. */
  folder: string;
  material?: Material;
  hashes?: FileHashes;
  /** Index that the copy ends at. */
  index?: number;
  /** What the database printed. */
  answer?: string;
}

const folderPattern = /^query-(\d+)-[0-9a-f]+$/;

export function queryContext(node: Node, restorePoint: string, statements: string): QueryContext {
  const folder = path.join(node.paths.work, `query-${process.pid}-${randomBytes(4).toString("hex")}`);
  return { node, restorePoint, statements, folder };
}

/** Restores into a folder of its own, starts that alone on loopback, asks and throws it away. Production is not touched. */
export const query: Procedure<QueryContext> = {
  name: "query",
  steps: [
    { name: "plan", title: "choose backup and log", run: plan },
    { name: "fetch", title: "fetch and unpack the backup", run: fetch },
    { name: "check-files", title: "check every file", run: check },
    { name: "fetch-log", title: "fetch the log", run: fetchLog },
    { name: "replay", title: "replay the log", run: replay },
    { name: "bootstrap", title: "make the copy a cluster of its own", run: bootstrap },
    { name: "ask", title: "start the copy alone and ask it", run: ask },
  ],
  async settle({ folder }) {
    await rm(folder, { recursive: true, force: true });
  },
};

async function plan(context: QueryContext, control: StepControl): Promise<void> {
  const { node, restorePoint } = context;
  const { archive } = node.config;
  const places = await openReachable(archive);
  const spec = { archive, restorePoint, recoveryId: "look-back", nodes: [node.config.node.id] };
  const chosen = await planNow(spec, { places });
  const source = places.find(({ place }) => place === chosen.source.place)?.archive;
  if (source === undefined) throw new WorldFault(`the ${chosen.source.place} archive cannot be read any more`);
  const manifest = await readManifest(source, chosen);
  context.material = { node, plan: chosen, archive: source, manifest, folder: context.folder };
  control.note(whatOf(chosen));
}

function whatOf({ source, replay: log, estimatedSeconds }: RestorePlan): string {
  const rolled = log === null ? "" : ` and ${log.segments} segments of ${log.stream}`;
  return `backup ${source.backupId}${rolled}, about ${formatSeconds(estimatedSeconds)}`;
}

function materialOf({ material }: QueryContext): Material {
  if (material === undefined) throw new Error("the first step chooses");
  return material;
}

async function fetch(context: QueryContext, control: StepControl): Promise<void> {
  const { work } = context.node.paths;
  await makeDirectory(work);
  await removeLeftovers(context.node);
  // It lies beside the data of a database that runs: that must never lose the last of its disk.
  const reserve = context.node.config.policy.wal.freeSpaceAlarmMebibytes * 1024 * 1024;
  await checkSpace(materialOf(context), work, reserve);
  context.hashes = await fetchBackup(materialOf(context), control);
}

/** Copies of runs that died on this host, and servers that may still run on them. */
async function removeLeftovers({ config, paths }: Node): Promise<void> {
  for (const name of await readdir(paths.work)) {
    const pid = folderPattern.exec(name)?.[1];
    if (pid === undefined || lives(Number(pid))) continue;
    const folder = path.join(paths.work, name);
    await new ProcessService({ ...config.node, configFile: path.join(aloneIn(folder), "config.toml") }, null).stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function aloneIn(folder: string): string {
  return path.join(folder, "alone");
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function check(context: QueryContext, control: StepControl): Promise<void> {
  await checkBackup(materialOf(context), control, context.hashes);
}

async function fetchLog(context: QueryContext, control: StepControl): Promise<void> {
  const material = materialOf(context);
  if (material.plan.replay !== null) await fetchSegments(material, material.plan.replay, control);
}

async function replay(context: QueryContext, control: StepControl): Promise<void> {
  const material = materialOf(context);
  const { source, replay: log } = material.plan;
  context.index = log === null ? source.index.high : await replaySegments(material, log, control);
}

async function bootstrap(context: QueryContext, control: StepControl): Promise<void> {
  await bootstrapStaged(materialOf(context), control);
}

/** By standard input: what is asked is nobody's business who may list processes. */
async function ask(context: QueryContext, control: StepControl): Promise<void> {
  const material = materialOf(context);
  const copy = { directory: aloneIn(context.folder), dataDirectory: path.join(treeOf(material), "data") };
  await whileAlone(context.node, copy, async (admin) => {
    await control.point();
    const { code, stdout, stderr } = await admin.run(["query", "-"], {
      input: context.statements,
      timeoutSeconds: 3600,
    });
    if (code !== 0) throw new WorldFault(`the copy did not answer: ${stderr.trim() || stdout.trim()}`);
    context.answer = stdout;
  });
}
