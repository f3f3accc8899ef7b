import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAgentConfig } from "../../model/agentConfig";
import { parseLocation } from "../../model/locationText";
import { Mistakes } from "../../model/mistakes";
import { checkLocks } from "../../model/objectLock";
import { resolvePolicy } from "../../model/policy";
import { type ArchiveSpec, checkArchive } from "../../model/reference";
import type { S3Location, S3ObjectLock } from "../../model/s3Location";

const place: S3Location = { kind: "s3", bucket: "acme-backup", region: "eu-central-1" };
const away: S3Location = { ...place, bucket: "acme-offsite" };

function spoken(check: (mistakes: Mistakes) => void): string[] {
  const mistakes = new Mistakes();
  check(mistakes);
  return mistakes.all.map((m) => `${m.path}: ${m.problem} (${JSON.stringify(m.received) ?? "nothing"}). ${m.remedy}`);
}

const said = (change: object): string[] =>
  spoken((mistakes) => checkArchive({ ...place, clusterId: "prod", ...change }, "archive", mistakes));
const locked = (lock: object): string[] => said({ objectLock: lock });

describe("a lock in an archive's reference", () => {
  it("is governance, or compliance with the days said twice", () => {
    expect(locked({ mode: "governance", days: 7 })).toEqual([]);
    expect(locked({ mode: "compliance", days: 7, acceptIrreversibleDays: 7 })).toEqual([]);
  });

  it("is refused with all that is wrong with it", () => {
    expect(locked({ mode: "forever", days: 0 })).toEqual([
      'archive.objectLock.mode: is not known ("forever"). Use governance or compliance.',
      "archive.objectLock.days: must be a whole number from 1 to 36500 (0). Write for how long, such as 7.",
    ]);
    for (const acceptIrreversibleDays of [undefined, 6, 70]) {
      expect(locked({ mode: "compliance", days: 7, acceptIrreversibleDays })).toEqual([
        `archive.objectLock.acceptIrreversibleDays: must repeat the days of a lock that nobody can undo (${acceptIrreversibleDays ?? "nothing"}). Write 7 if nobody, you included, shall be able to remove a backup for 7 days; else use governance.`,
      ]);
    }
    expect(locked({ mode: "governance", days: 7, acceptIrreversibleDays: 7 })).toEqual([
      "archive.objectLock.acceptIrreversibleDays: belongs to compliance alone (7). Leave it out: governance can be undone.",
    ]);
  });

  it("is written behind a bucket's name", () => {
    const parse = (query: string) =>
      parseLocation(`s3://acme-backup?region=eu-central-1&${query}`, "place", new Mistakes());
    expect(parse("object-lock=governance&object-lock-days=7")).toEqual({
      ...place,
      objectLock: { mode: "governance", days: 7 },
    });
    expect(parse("object-lock=compliance&object-lock-days=7&accept-irreversible-days=7")).toEqual({
      ...place,
      objectLock: { mode: "compliance", days: 7, acceptIrreversibleDays: 7 },
    });
    expect(parse("ca-file=/etc/ca.pem")).toEqual({ ...place, caFile: "/etc/ca.pem" });
    expect(said(parse("object-lock=governance") as object)).toEqual([
      expect.stringContaining("archive.objectLock.days: must be a whole number"),
    ]);
  });
});

describe("a lock and the policy", () => {
  const lock = (days: number): { objectLock: S3ObjectLock } => ({ objectLock: { mode: "governance", days } });
  const contradictions = (primary: number, offsite: number, overrides = {}): string[] =>
    spoken((mistakes) => {
      const spec: ArchiveSpec = {
        ...place,
        clusterId: "prod",
        ...lock(primary),
        offsite: { ...away, ...lock(offsite) },
      };
      checkLocks(spec, resolvePolicy(overrides), "archive", mistakes);
    });

  it("agree as long as it ends before what lies there is given up", () => {
    expect(contradictions(7, 365)).toEqual([]);
    expect(contradictions(8, 366)).toEqual([
      "archive.objectLock.days: locks longer than the policy keeps snapshots (7 days): it could not be given up (8). Write at most 7, or keep it longer.",
      "archive.offsite.objectLock.days: locks longer than the policy keeps offsite (365 days): it could not be given up (366). Write at most 365, or keep it longer.",
    ]);
  });

  it("heed the log that is copied off-site, which is kept for less", () => {
    expect(contradictions(7, 31, { offsite: { continuousWal: true } })).toEqual([
      "archive.offsite.objectLock.days: locks longer than the policy keeps wal (30 days): it could not be given up (31). Write at most 30, or keep it longer.",
    ]);
  });

  it("never contradict each other without a word, whatever is kept", () => {
    const days = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(days, days, days, (snapshots, more, of) => {
        const full = snapshots + more;
        const policy = {
          snapshots: { retentionDays: snapshots },
          full: { retentionDays: full },
          wal: { retentionDays: full },
        };
        expect(contradictions(of, 1, policy).length > 0).toBe(of > snapshots);
      }),
    );
  });

  it("are held against each other where an agent reads its configuration", () => {
    const node = {
      id: "n",
      address: "h:1",
      adminUrl: "http://127.0.0.1:9090",
      configFile: "/c",
      dataDirectory: "/d",
      programDirectory: null,
      serviceManager: "process",
    };
    const config = (days: number): string =>
      JSON.stringify({
        format: "neumann-agent/1",
        generation: "g",
        node,
        archive: { ...place, clusterId: "prod", ...lock(days) },
        policy: {},
        agentDirectory: "/a",
      });
    expect(parseAgentConfig(config(7), "agent.json").archive).toMatchObject(lock(7));
    expect(() => parseAgentConfig(config(8), "agent.json")).toThrow("archive.objectLock.days: locks longer");
  });
});

describe("the authorities of a store", () => {
  it("lie in a file of the host, and need TLS", () => {
    expect(said({ caFile: "/etc/neumann/ca.pem", endpoint: "https://s3.example.com" })).toEqual([]);
    expect(said({ caFile: "ca.pem" })).toEqual([
      'archive.caFile: must be an absolute path ("ca.pem"). Write the whole path, such as /etc/neumann/store-ca.pem.',
    ]);
    expect(said({ caFile: "/etc/neumann/ca.pem", endpoint: "http://s3.example.com" })).toEqual([
      'archive.caFile: does not go with an endpoint without TLS ("/etc/neumann/ca.pem"). Write https:// in endpoint, or leave it out.',
    ]);
  });
});
