import fs from "node:fs";
import path from "node:path";
import { segmentName } from "../model/layout";
import { awsProgram, type BenchBucket, withBucket } from "./bucket";
import { inFolder, median, must, protectedCluster, type Row, text, timed, whileOthersGoOn } from "./support";
import { firstFree } from "./walPush";

const segmentBytes = 16 * 1024 * 1024;
const runs = 15;
/** Left out at the beginning: what V8 compiles, and memory that the machine had given back. */
const warmUps = 5;

/** A node at rest whose archive is a bucket, and a folder of segments that it offers. */
interface Resting {
  bucket: BenchBucket;
  launcher: string;
  /** Writes the next segment into a folder; gives its path. */
  next: (folder: string) => string;
}

async function resting<T>(
  say: (line: string) => void,
  work: (node: Resting, folder: string) => Promise<T>,
): Promise<T> {
  return inFolder((folder) =>
    withBucket(folder, say, async (bucket) => {
      const bench = await protectedCluster(folder, 1, bucket.location);
      try {
        const node = await bench.cluster.leader();
        let number = await firstFree(folder);
        // Nobody else archives its log meanwhile.
        await node.stop();
        const launcher = path.join(folder, "agents", node.id, "neumann-backup");
        const content = Buffer.from(text(segmentBytes, 7));
        const next = (into: string): string => {
          const file = path.join(into, segmentName(number));
          content.writeBigUInt64BE(number);
          fs.writeFileSync(file, content);
          number += 1n;
          return file;
        };
        return await work({ bucket, launcher, next }, folder);
      } finally {
        await bench.cluster.close();
      }
    }),
  );
}

const offer = (launcher: string, file: string): Promise<unknown> =>
  whileOthersGoOn("sh", ["-c", `${launcher} wal-push ${file} ${path.basename(file)}`]);

/** `wal-push` of a segment into a bucket beside `aws` and `curl` with the same segment, in turn. */
export async function benchBucketWalPush(say: (line: string) => void): Promise<Row[]> {
  const aws = awsProgram(say);
  return resting(say, async ({ bucket, launcher, next }, folder) => {
    const place = fs.mkdtempSync(path.join(folder, "alone-"));
    const figures = { ours: [] as number[], aws: [] as number[], curl: [] as number[] };
    for (let run = 0; run < warmUps + runs; run += 1) {
      const file = next(place);
      for (const [name, work] of [
        ["ours", () => offer(launcher, file)],
        ["aws", () => whileOthersGoOn(aws, ["s3", "cp", "--quiet", file, `s3://bench/aws/${run}`], bucket.env)],
        ["curl", () => whileOthersGoOn("sh", ["-c", curl, "curl", file, `curl/${run}`], bucket.env)],
      ] as const) {
        // What was written before is on the disk: neither pays for the other.
        must("sync", []);
        figures[name].push((await timed(work)).seconds);
      }
      fs.rmSync(file);
    }
    const middle = (name: keyof typeof figures): number => median(figures[name].slice(warmUps));
    return [
      row("wal-push of 16 MiB to S3, s", { ours: middle("ours"), rival: middle("aws") }, 1 / 5, "aws s3 cp"),
      row("wal-push of 16 MiB to S3, s", { ours: middle("ours"), rival: middle("curl") }, 1.2, "curl --aws-sigv4"),
    ];
  });
}

/** Both hashes are of the file: the signature covers what is sent, and the store checks and keeps the checksum. */
const curl = `set -e
hex=$(sha256sum "$1" | cut -d' ' -f1)
base64=$(openssl dgst -sha256 -binary "$1" | base64)
curl --silent --show-error --fail --output /dev/null --aws-sigv4 "aws:amz:$AWS_DEFAULT_REGION:s3" \
  --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" --header "x-amz-content-sha256: $hex" \
  --header "x-amz-checksum-sha256: $base64" --header "if-none-match: *" --upload-file "$1" "$AWS_ENDPOINT_URL/bench/$2"`;

const backlog = 200;
/** The rival's are stored one by one: fewer of them tell the same. */
const alone = 60;

/** A backlog of segments beside the same `wal-push`, to which no later segment can be seen. */
export async function benchBacklog(say: (line: string) => void): Promise<Row[]> {
  return resting(say, async ({ launcher, next }, folder) => {
    const place = fs.mkdtempSync(path.join(folder, "alone-"));
    const rival: number[] = [];
    for (let run = 0; run < warmUps + alone; run += 1) {
      const file = next(place);
      rival.push((await timed(() => offer(launcher, file))).seconds);
      fs.rmSync(file);
    }
    const together = fs.mkdtempSync(path.join(folder, "together-"));
    // The last one is still written to.
    const files = Array.from({ length: backlog + 1 }, () => next(together)).slice(0, -1);
    must("sync", []);
    const { seconds } = await timed(async () => {
      for (const file of files) await offer(launcher, file);
    });
    const each = rival.slice(warmUps).reduce((sum, value) => sum + value, 0) / alone;
    say(`  ${(backlog / seconds).toFixed(1)} segments a second, one by one ${(1 / each).toFixed(1)}`);
    const figures = { ours: seconds / backlog, rival: each };
    return [row(`a segment of a backlog of ${backlog}, s`, figures, 1 / 4, "one by one")];
  });
}

function row(what: string, figures: { ours: number; rival: number }, atMost: number, rivalName: string): Row {
  return { what, ...figures, kind: "ratio", atMost, rivalName };
}
