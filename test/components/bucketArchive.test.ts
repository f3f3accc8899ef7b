import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, vi } from "vitest";
import { BucketArchive, type BucketArchiveArgs } from "../../components/bucketArchive";
import { ClusterBackups } from "../../components/clusterBackups";
import { DirectoryArchive } from "../../components/directoryArchive";
import { DisasterRecovery } from "../../components/disasterRecovery";
import { localHosts, messageOf, type Registered, run, unhandledIn, valueOf } from "./harness";

vi.mock("../../components/agentBundle", async () => (await import("./harness")).fakeBundle());

const secretKey = "very-secret-key";
const keys = { accessKeyId: "AKID", secretAccessKey: secretKey };
const offsite = { kind: "s3", bucket: "acme-offsite", region: "eu-west-1" };
const args: BucketArchiveArgs = {
  clusterId: "prod",
  bucket: "acme-backup",
  prefix: "neumann",
  region: "eu-central-1",
  offsite,
};

const stdinOf = ({ inputs }: Registered) => inputs.stdin as string;
const secretMark = "4dabf18193072939515e22adb298388d";

/** True when the engine keeps this input as a secret. */
function isSealed(value: unknown): boolean {
  return typeof value === "object" && value !== null && secretMark in value;
}

describe("BucketArchive", () => {
  it("has these resources, options and commands for ever", async () => {
    const { resources } = await run((opts) => new BucketArchive("prod", args, opts));
    expect(resources).toMatchSnapshot();
  });

  it("never deletes anything", async () => {
    const { resources } = await run((opts) => new BucketArchive("prod", args, opts));
    for (const { inputs } of resources) expect(inputs.delete).toBeUndefined();
  });

  it("has a reference that a preview knows, without what was not given", async () => {
    const { result } = await run((opts) => new BucketArchive("prod", args, opts), { preview: true });
    expect(await valueOf(result.reference)).toStrictEqual({
      kind: "s3",
      clusterId: "prod",
      bucket: "acme-backup",
      prefix: "neumann",
      region: "eu-central-1",
      offsite,
    });
  });

  it("hands caFile and lock on, and refuses names and locks that would not be what they look like", async () => {
    const objectLock = { mode: "governance", days: 7 };
    const { result } = await run((opts) => new BucketArchive("prod", { ...args, caFile: "/ca.pem", objectLock }, opts));
    expect(await valueOf(result.reference)).toMatchObject({ caFile: "/ca.pem", objectLock });
    const wrong = { mode: "compliance", days: 7, acceptIreversibleDays: 7 } as unknown as typeof objectLock;
    expect(() => new BucketArchive("prod", { ...args, objectLock: wrong })).toThrow(
      "objectLock.acceptIreversibleDays: is not known (received 7). Use: mode, days, acceptIrreversibleDays.",
    );
    const archive = { ...args, kind: "s3", objectLock: { ...objectLock, days: 30 } };
    expect(() => new ClusterBackups("prod", { nodes: localHosts(), archive })).toThrow(
      "archive.objectLock.days: locks longer than the policy keeps snapshots (7 days): it could not be given up (received 30).",
    );
  });

  it("takes a folder as off-site place, and a DirectoryArchive takes a bucket", async () => {
    const folder = { kind: "directory", location: "/mnt/offsite" };
    const { result } = await run((opts) => [
      new BucketArchive("a", { ...args, offsite: folder }, opts),
      new DirectoryArchive("b", { clusterId: "b", location: "/mnt/backup", offsite }, opts),
    ]);
    expect(await valueOf(result[0]!.reference)).toMatchObject({ kind: "s3", offsite: folder });
    expect(await valueOf(result[1]!.reference)).toMatchObject({ kind: "directory", offsite });
  });

  it("keeps keys as secrets in all that is made with them, and nothing else", async () => {
    const all = { ...args, credentials: keys, offsite: { ...offsite, credentials: { ...keys, accessKeyId: "AKOFF" } } };
    const { resources, result, logs } = await run((opts) => {
      const { reference } = new BucketArchive("prod", all, opts);
      const backups = new ClusterBackups("prod", { nodes: localHosts(), archive: reference }, opts);
      const recovery = new DisasterRecovery("dr", { nodes: localHosts(), archive: reference, recoveryId: "r1" }, opts);
      return { reference, backups, recovery };
    });
    const isSecret = (output: unknown) => (output as { isSecret: Promise<boolean> }).isSecret;
    expect(await isSecret(result.reference)).toBe(true);
    expect(await isSecret(result.backups.archive)).toBe(true);
    const { generation, policy, schedules, alertRules } = result.backups;
    const { plan, planDigest, report, lineage } = result.recovery;
    for (const open of [generation, policy, schedules, alertRules, plan, planDigest, report, lineage]) {
      expect(await isSecret(open)).toBe(false);
    }
    const commands = resources.filter(({ type }) => type.endsWith(":Command"));
    expect(commands.length).toBeGreaterThan(10);
    for (const { name, inputs } of commands) {
      const { stdin, ...rest } = inputs;
      expect(JSON.stringify(rest), name).not.toContain(secretKey);
      for (const [key, value] of Object.entries(rest)) expect(isSealed(value), `${name}.${key}`).toBe(false);
      if (JSON.stringify(stdin).includes(secretKey)) expect(isSealed(stdin), name).toBe(true);
    }
    expect(JSON.stringify(commands.find(({ name }) => name === "prod-install-node1")?.inputs.stdin)).toContain(
      secretKey,
    );
    expect(JSON.stringify(logs)).not.toContain(secretKey);
  });

  it("names an installation by no key, so that none can be guessed from the name", async () => {
    const generationOf = async (secretAccessKey: string): Promise<string> => {
      const all = { ...args, credentials: { ...keys, secretAccessKey } };
      const { result } = await run((opts) => {
        const { reference } = new BucketArchive("prod", all, opts);
        return new ClusterBackups("prod", { nodes: localHosts(), archive: reference }, opts);
      });
      return valueOf(result.generation);
    };
    expect(await generationOf("one")).toBe(await generationOf("two"));
  });

  it("hides nothing where there are no keys", async () => {
    const { resources } = await run((opts) => {
      const { reference } = new BucketArchive("prod", args, opts);
      return new ClusterBackups("prod", { nodes: localHosts(), archive: reference }, opts);
    });
    const install = resources.find(({ name }) => name === "prod-install-node1");
    expect(stdinOf(install!)).toContain('"bucket":"acme-backup"');
  });
});

describe("BucketArchive refuses", () => {
  const begin = 'BucketArchive "prod" cannot be created: 1 mistake\n';

  it.each<[object, string]>([
    [
      { clusterId: "Prod!" },
      'clusterId: is no name for a cluster (received "Prod!"). Use lower-case letters, digits and dashes, at most 63, such as prod.',
    ],
    [
      { bucket: undefined },
      "bucket: is no name of a bucket (received nothing). Use 3 to 63 lower-case letters, digits, dashes and dots, such as acme-neumann-backup.",
    ],
    [{ region: "Frankfurt" }, 'region: is no region (received "Frankfurt"). Write it as in eu-central-1.'],
    [
      { prefix: "/neumann/" },
      'prefix: is no prefix for keys (received "/neumann/"). Use names of letters, digits and ._- with a slash between them, such as neumann/backup.',
    ],
    [
      { endpoint: "s3.example.com" },
      'endpoint: is no address of a store (received "s3.example.com"). Write scheme, host and port only, such as https://s3.example.com.',
    ],
    [{ forcePathStyle: "yes" }, 'forcePathStyle: must be true or false (received "yes"). Write it without quotes.'],
    [
      { encryption: { kind: "kms" } },
      "encryption.kmsKeyId: does not go with the kind (received nothing). Name the key with kind kms, and none with aes256.",
    ],
    [
      { credentials: { ...keys, file: "/etc/keys" } },
      'credentials: has both keys and a file or profile (received "(not shown)"). Give one of them; best a file.',
    ],
    [
      { credentials: { secretAcessKey: secretKey } },
      'credentials.secretAcessKey: is not known (received "(not shown)"). Use: file, profile, accessKeyId, secretAccessKey, sessionToken.',
    ],
    [{ credentials: { file: 7 } }, 'credentials.file: must be a text (received "(not shown)"). Write it in quotes.'],
    [
      { offsite: { ...offsite, bucket: "acme-backup" } },
      'offsite.bucket: shares the fate of the first archive (received "acme-backup"). Choose another bucket, in another region and under other credentials.',
    ],
    [
      { offsite: { kind: "nfs", location: "/mnt" } },
      'offsite.kind: is not known (received "nfs"). Use one of: directory, s3.',
    ],
    [
      { offsite: { ...offsite, location: "/mnt" } },
      'offsite.location: does not belong to a place of kind s3 (received "/mnt"). Leave it out, or write kind: "directory".',
    ],
  ])("%j", (change, message) => {
    const wrong = { ...args, ...change };
    expect(messageOf(() => new BucketArchive("prod", wrong))).toBe(`${begin}  - ${message}`);
  });

  it("what becomes known later, before a command uses it, and never shows a key", async () => {
    const credentials = { ...keys, secretAccessKey: pulumi.output(secretKey), profile: "x" };
    const errors = await unhandledIn(() => run((opts) => new BucketArchive("prod", { ...args, credentials }, opts)));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain("credentials: has both keys and a file or profile");
    expect(errors[0]).not.toContain(secretKey);
  });
});
