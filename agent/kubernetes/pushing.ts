import { lstat, readdir, realpath } from "node:fs/promises";
import path from "node:path";
import { isSegmentName, segmentNumber } from "../../model/layout";
import { InputError } from "../../model/mistakes";
import type { Archive } from "../archive/archive";
import { reopening } from "../archive/open";
import { walPush } from "../commands/walPush";
import type { Node } from "../context";
import { isCode, readIfThere } from "../host/files";
import { explain, ExitCode } from "../run/errors";
import type { Reporter } from "../run/events";
import { runProcedure } from "../run/steps";
import { readStream } from "../stream";
import type { Answer, Offer } from "./walSocket";

/** Stores segments one after the other in the order of the asking, over one connection to the archive. */
export class Pushing {
  private last: Promise<unknown> = Promise.resolve();
  private readonly open: () => Promise<Archive>;

  constructor(
    private readonly node: Node,
    private readonly reporter: Reporter,
  ) {
    const { archive } = node.config;
    this.open = reopening(archive, archive.clusterId, "primary");
  }

  /** Stores a segment that the database offers. It never throws: what went wrong is in the answer. */
  push(offer: Offer): Promise<Answer> {
    const answer = this.last.then(() => this.store(offer));
    this.last = answer;
    return answer;
  }

  /** Exit code 0 is the promise that the archive holds it (I1). */
  private async store(offer: Offer): Promise<Answer> {
    const notes: string[] = [];
    const reporter: Reporter = {
      emit: (event) => {
        if (event.event !== "note") return;
        notes.push(event.message ?? "");
        this.reporter.emit(event);
      },
    };
    try {
      const file = await offeredFile(this.node, offer);
      await runProcedure(walPush, { node: this.node, file, segment: offer.name, open: this.open }, reporter);
      // An alarm belongs into the database's log too.
      return notes.length === 0 ? { exitCode: ExitCode.Done } : { exitCode: ExitCode.Done, message: notes.join("; ") };
    } catch (error) {
      const { exitCode, message } = explain(error);
      this.reporter.emit({ event: "error", message: `${offer.name} is not stored: ${message}` });
      return { exitCode: exitCode === ExitCode.Done ? ExitCode.Bug : exitCode, message };
    }
  }

  /** Stores what the database has finished and nobody has offered since: what is left when it has ended. Names of the segments. */
  async finish(): Promise<Answer & { stored: string[] }> {
    const stored: string[] = [];
    for (const name of await finishedSegments(this.node)) {
      const answer = await this.push({ path: path.join(this.node.paths.wal, name), name });
      if (answer.exitCode !== ExitCode.Done) return { ...answer, stored };
      stored.push(name);
    }
    return { exitCode: ExitCode.Done, stored };
  }
}

/** Only a segment of this node's own log: no link, and nothing else that this container may read. */
async function offeredFile({ config, paths }: Node, { path: given, name }: Offer): Promise<string> {
  const file = path.resolve(config.node.dataDirectory, given);
  const known = isSegmentName(name) && path.basename(file) === name && (await isIn(file, paths.wal));
  if (known && (await isPlainFile(file))) return file;
  const remedy = `archive_command hands over %p and %f of a finished segment in ${paths.wal}; nothing else is ever archived.`;
  const problem = "is no segment of this pod's log with its name";
  throw new InputError("The sidecar cannot store this", [
    { path: "%p %f", problem, received: `${given} ${name}`, remedy },
  ]);
}

async function isIn(file: string, folder: string): Promise<boolean> {
  const real = (place: string): Promise<string | undefined> => realpath(place).catch(() => undefined);
  return (await real(path.dirname(file))) === ((await real(folder)) ?? "");
}

async function isPlainFile(file: string): Promise<boolean> {
  return lstat(file).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** Segments that are finished and not noted as stored. One is finished once the next exists or it was offered (contract). */
async function finishedSegments(node: Node): Promise<string[]> {
  const names = (await readdir(node.paths.wal).catch(none)).filter(isSegmentName).sort();
  const offered = await readIfThere(node.paths.offered);
  const finished = names.filter((name, at) => at < names.length - 1 || name === offered);
  const last = (await readStream(node).catch(() => undefined))?.lastPushed ?? null;
  return last === null ? finished : finished.filter((name) => segmentNumber(name) > segmentNumber(last));
}

function none(error: unknown): string[] {
  if (isCode(error, "ENOENT")) return []; // The database never started.
  throw error;
}
