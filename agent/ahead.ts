import { createHash } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { isSegmentName, segmentName, segmentNumber } from "../model/layout";
import type { AgentConfig } from "../model/agentConfig";
import { describeLocation } from "../model/reference";
import { type Node, pathsOf } from "./context";
import { dropFile, isCode, replaceFile } from "./host/files";

/** So many segments behind the offered one are stored with it: a start of Node is paid once for all of them. */
const most = 16;
/** At once: what several requests wait for overlaps. */
const abreast = 4;
/** No more are begun then: a slow archive must not keep the answer for the offered one. */
const secondsToBegin = 10;

/** Stores one segment; false when it could not. */
type Store = (file: string, segment: string) => Promise<boolean>;

/**
 * Stores what waits behind a segment that was just stored, several at once (protocol 3), and notes which: they are
 * answered for without a start of Node when they are offered. Gives the last of those without a gap.
 */
export async function storeAhead(node: Node, offered: string, store: Store): Promise<string | undefined> {
  const waiting = await waitingBehind(path.dirname(offered), path.basename(offered));
  if (waiting.length === 0) {
    await dropFile(node.paths.ahead);
    return undefined;
  }
  const until = performance.now() + secondsToBegin * 1000;
  const stored = new Map<string, string>();
  const next = waiting.values();
  const worker = async (): Promise<void> => {
    for (const segment of next) {
      if (performance.now() > until) return;
      const file = path.join(path.dirname(offered), segment);
      const before = await fileIdentity(file);
      if (before === undefined || !(await store(file, segment))) return;
      // Changed meanwhile: it was no finished segment, and is decided when it is offered.
      if ((await fileIdentity(file)) === before) stored.set(segment, before);
    }
  };
  await Promise.all(Array.from({ length: abreast }, worker));
  await noteAhead(node, stored);
  const gap = waiting.findIndex((segment) => !stored.has(segment));
  return (gap < 0 ? waiting : waiting.slice(0, gap)).at(-1);
}

/** Finished segments that follow in the same folder without a gap. Segment n is finished once n+1 exists (contract). */
async function waitingBehind(folder: string, segment: string): Promise<string[]> {
  const there = new Set((await readdir(folder)).filter(isSegmentName));
  const found: string[] = [];
  for (let number = segmentNumber(segment) + 1n; found.length < most; number += 1n) {
    if (!there.has(segmentName(number)) || !there.has(segmentName(number + 1n))) break;
    found.push(segmentName(number));
  }
  return found;
}

/** A line each, which the launcher compares with the file that is offered. */
async function noteAhead(node: Node, stored: ReadonlyMap<string, string>): Promise<void> {
  const lines = [...stored].map(([segment, identity]) => `${segment} ${identity} ${archiveIdentity(node.config)}\n`);
  await replaceFile(node.paths.ahead, lines.join("")).catch((error: unknown) => {
    // Then they are compared with the archive when they are offered.
    if (!isCode(error, "ENOSPC", "EDQUOT")) throw error;
  });
}

/** Names a file and its state: any later write, and any other file of its name, has another. As {@link identityByShell}. */
async function fileIdentity(file: string): Promise<string | undefined> {
  const found = await stat(file, { bigint: true }).catch((error: unknown) => {
    if (!isCode(error, "ENOENT")) throw error;
  });
  if (found === undefined) return undefined;
  const seconds = (ns: bigint): string => `${ns / 1_000_000_000n}.${String(ns % 1_000_000_000n).padStart(9, "0")}`;
  return [found.dev, found.ino, found.size, seconds(found.mtimeNs), seconds(found.ctimeNs)].join(":");
}

/** The archive that holds what is noted: another one, named later, holds nothing of it. */
function archiveIdentity({ archive }: Pick<AgentConfig, "archive">): string {
  const { clusterId } = archive;
  return createHash("sha256")
    .update(`${clusterId} ${describeLocation(archive)}`)
    .digest("hex")
    .slice(0, 16);
}

/** GNU's; where `stat` is another program nothing is ever equal, and Node answers. */
const identityByShell = "stat -c %d:%i:%s:%.9Y:%.9Z";

/**
 * Answers for a segment that was stored ahead, in the launcher's shell: the very file, unchanged since, and archiving is
 * not held.
 */
export function answerAhead(config: AgentConfig): string {
  const { ahead, hold, offered } = pathsOf(config);
  return `if [ "$#" = 3 ] && [ "$1" = wal-push ] && [ -s ${ahead} ] && [ ! -e ${hold} ] &&
  is=$(${identityByShell} "$2" 2>/dev/null) && grep -qxFe "$3 $is ${archiveIdentity(config)}" ${ahead} && printf %s "$3" 2>/dev/null >${offered}; then exit 0; fi
`;
}
