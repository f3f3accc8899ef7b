import { benchAws } from "./aws";
import { benchBucketRestore } from "./bucketRestore";
import { benchBacklog, benchBucketWalPush } from "./bucketWal";
import { benchFullBackup, benchFullToBucket } from "./fullBackup";
import { benchListMany } from "./listMany";
import { benchPreview } from "./preview";
import { benchRecovery } from "./recovery";
import { isReached, tableOf, updatePage } from "./page";
import type { Row } from "./support";
import { benchWalPush } from "./walPush";

const help = `Usage: npm run bench [-- NAME ... --megabytes N --page]

Prints our figures beside their rivals', measured in one run on this machine. --page also writes them into
docs/performance.md, beside those that are there.

  wal-push   a 16 MiB segment into a folder, beside cp
  wal-s3     a 16 MiB segment into a bucket, beside aws s3 cp and curl --aws-sigv4
  backlog    200 segments into a bucket, beside the same one by one
  full       pause, time and size of a full backup under load and its restore, beside the runbook's commands
  full-s3    the same into a bucket, beside tar -czf piped to aws s3 cp -
  restore-s3 the data's way of a restore out of a bucket, beside the slowest of its parts alone; its memory
  recovery   a lost cluster onto three new nodes, beside what its bytes alone take
  list       list, plan and prune --dry-run of 10,000 backups in a bucket, beside one listing of it
  preview    a preview of the environment's stack, beside an empty program
  aws        import of the part for AWS, and programs of 1 to 300 nodes under mocks, beside as many bare resources

Example: npm run bench -- full --megabytes 128`;

const benches: Record<string, (megabytes: number) => Promise<Row[]>> = {
  "wal-push": () => benchWalPush(),
  "wal-s3": () => benchBucketWalPush(say),
  backlog: () => benchBacklog(say),
  full: (megabytes) => benchFullBackup(say, megabytes),
  "full-s3": (megabytes) => benchFullToBucket(say, megabytes),
  "restore-s3": (megabytes) => benchBucketRestore(say, megabytes),
  recovery: (megabytes) => benchRecovery(say, megabytes),
  list: () => benchListMany(say),
  preview: () => benchPreview(say),
  aws: () => benchAws(say),
};

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

interface Wish {
  names: string[];
  megabytes: number;
  page: boolean;
}

/** What a command line asks for, or what is wrong with it. */
function parseWords(words: readonly string[]): Wish | string {
  const size = words.indexOf("--megabytes");
  const megabytes = size < 0 ? 512 : Number(words[size + 1]);
  const page = words.includes("--page");
  const values = size < 0 ? [] : [size, size + 1];
  const names = words.filter((word, index) => word !== "--page" && !values.includes(index));
  if (!Number.isInteger(megabytes) || megabytes < 1) return `--megabytes takes a whole number, not ${words[size + 1]}`;
  const unknown = names.filter((name) => benches[name] === undefined);
  return unknown.length > 0 ? `there is no bench ${unknown.join(", ")}` : { names, megabytes, page };
}

async function main(words: readonly string[]): Promise<number> {
  if (words.includes("--help")) {
    console.log(help);
    return 0;
  }
  const wish = parseWords(words);
  if (typeof wish === "string") {
    console.error(`${wish}\n\n${help}`);
    return 2;
  }
  const rows: Row[] = [];
  for (const [name, bench] of Object.entries(benches)) {
    if (wish.names.length > 0 && !wish.names.includes(name)) continue;
    say(`${name} …`);
    rows.push(...(await bench(wish.megabytes)));
    // What was measured stays, whatever becomes of the next.
    if (wish.page) updatePage(rows);
  }
  for (const line of tableOf(rows)) console.log(line);
  return rows.every(isReached) ? 0 : 1;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
