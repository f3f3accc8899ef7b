import { expect, it } from "vitest";
import { serializeManifest } from "../../model/manifest";
import { agent, type Told } from "./ways";
import { at, known, manifestOf, specs, tarball } from "./world";

/** Damaged manifests and data: listed with their problem, verified as damaged, and never chosen by themselves. */
const text = serializeManifest(manifestOf(known.newest));
const { parts } = manifestOf(known.newest);
const other = Buffer.alloc(tarball().length);

const cases: { what: string; manifest?: string; data?: string | Buffer | null; problem: string }[] = [
  { what: "empty", manifest: "", problem: '(the whole) is empty (received "")' },
  { what: "cut off", manifest: text.slice(0, 200), problem: "(the whole) is not JSON" },
  {
    what: "of another format",
    manifest: text.replace("backup/1", "backup/2"),
    problem: 'format must be "neumann-backup/1"',
  },
  { what: "of another cluster", manifest: text.replace('"prod"', '"test"'), problem: "it belongs to test/full/" },
  {
    what: "under another name",
    manifest: text.replace(known.newest, known.older),
    problem: `it belongs to prod/full/l-one/${known.older}`,
  },
  {
    what: "with a negative size",
    manifest: text.replace(`"bytes": ${parts[0]!.bytes}`, '"bytes": -3'),
    problem: "parts.0.bytes must be a whole number, not negative (received -3)",
  },
  {
    what: "that lists nothing",
    manifest: serializeManifest(manifestOf(known.newest, { parts: [] })),
    problem: "the manifest lists no data",
  },
  { what: "without its data", data: null, problem: "data.tar.zst is missing" },
  { what: "with data cut off", data: "xy", problem: `data.tar.zst has 2 bytes, not ${tarball().length}` },
  { what: "with other data of the same size", data: other, problem: "data.tar.zst has SHA-256 <hex>, not <hex>" },
];

interface Verdict {
  good: boolean;
  problem: string | null;
}

it.each(cases)("$what", async ({ manifest = text, data, problem }) => {
  const files = { [at.manifest()]: manifest, ...(data === undefined ? {} : { [at.data()]: data }) };
  const verified = await agent("verify", { files })();
  expect(verified.code).toBe(5);
  const { verdicts } = JSON.parse(verified.says) as { verdicts: Verdict[] };
  expect(verdicts.filter(({ good }) => !good)).toMatchObject([{ problem: expect.stringContaining(problem) as string }]);
  expect(verdicts).toHaveLength(3);

  const listed = await agent("list", { files })();
  expect(listed).toMatchObject({ code: 0, touched: [] });
  // Only bytes tell of data that has the right size.
  if (data !== other) expect(listed.says).toContain(JSON.stringify(problem).slice(1, -1));

  const planned: Told = await agent("plan", { stdin: specs.plan, files })();
  expect(planned).toMatchObject({ code: 0, touched: [] });
  const { plan } = JSON.parse(planned.says) as { plan: { source: { backupId: string } } };
  expect(plan.source.backupId).toBe(data === other ? known.newest : known.offsite);
});
