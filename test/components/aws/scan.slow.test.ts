import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type { Registered } from "../harness";
import { make, ofAws } from "./archiveRuns";
import { makeNodes } from "./nodeRuns";
import { recoveryCloud } from "./recoveryCloud";
import { make as makeRecovery } from "./recoveryRuns";
import { asTerraform } from "./terraform";

vi.mock("../../../components/agentBundle", async () => (await import("../harness")).fakeBundle());

const folder = mkdtempSync(path.join(tmpdir(), "neumann-scan-"));
const venv = path.join(folder, "venv");
const canScan = spawnSync("python3", ["-m", "ensurepip", "--version"]).status === 0;
if (!canScan) process.stderr.write("skipped: the static scan (no python3 with venv)\n");

beforeAll(() => {
  if (!canScan) return;
  execFileSync("python3", ["-m", "venv", venv]);
  const install = ["install", "-q", "--disable-pip-version-check", "checkov==3.3.30"];
  execFileSync(path.join(venv, "bin/pip"), install, { stdio: ["ignore", "ignore", "inherit"] });
}, 900_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a rule says, for which resources, and why it is as it is. */
type Exceptions = Record<string, { of: RegExp; because: string }>;

const ofArchive: Exceptions = {
  CKV2_AWS_62: { of: /-bucket$/, because: "alarms look at metrics and inventories; no event is needed" },
  CKV_AWS_144: {
    of: /-(offsite|logs)-bucket$/,
    because: "the off-site bucket is the other region; logs are no backups",
  },
  CKV_AWS_145: { of: /-logs-bucket$/, because: "S3 delivers access logs to no bucket with a key of the key service" },
  CKV_AWS_300: { of: /-(primary|offsite)-lifecycle$/, because: "the rule is there, for the cluster's keys alone" },
};

const ofNodes: Exceptions = {
  CKV_AWS_126: {
    of: /-instance-node\d$/,
    because: "nodes tell themselves how they are; nobody looks at EC2's minutes",
  },
  CKV2_AWS_23: { of: /-name-node\d$/, because: "its address is a network interface's, which the rule does not know" },
};
const ofRecovery: Exceptions = {
  ...ofNodes,
  CKV_AWS_126: {
    of: /-(instance-node\d|jump)$/,
    because: "nodes tell themselves how they are; nobody waits for the other",
  },
  CKV2_AWS_62: { of: /-logs-bucket$/, because: "logs are no backups" },
  CKV_AWS_144: { of: /-bucket$/, because: "its nodes copy the backups off-site; logs are no backups" },
  CKV_AWS_145: ofArchive.CKV_AWS_145!,
  CKV_AWS_300: ofArchive.CKV_AWS_300!,
  CKV_AWS_88: { of: /-jump$/, because: "it is the way in, for the operators' networks alone" },
  CKV_AWS_135: { of: /-jump$/, because: "nothing lies on it, and its type is so by itself" },
  CKV_AWS_24: { of: /-in-ssh-group-0$/, because: "it is from the group of the host that leads in" },
  CKV2_AWS_11: {
    of: /-vpc$/,
    because: "whoever wants flow logs adds them by the output vpcId: a recovery waits for none",
  },
};
/** Without one AWS's own keys of the account encrypt, which the scanner counts as none. */
const kmsKeyArn = "arn:aws:kms:eu-west-1:111122223333:key/own";

interface Report {
  results: { passed_checks: unknown[]; failed_checks: { check_id: string; resource: string }[] };
}

type IdOf = Parameters<typeof asTerraform>[1];

function scan(name: string, resources: Registered[], idOf: IdOf): Report["results"] {
  const source = path.join(folder, name);
  mkdirSync(source);
  writeFileSync(path.join(source, "main.tf"), asTerraform(ofAws(resources), idOf));
  const words = ["-d", source, "--framework", "terraform", "--compact", "--skip-download", "-o", "json"];
  const { stdout } = spawnSync(path.join(venv, "bin/checkov"), words, { encoding: "utf8", maxBuffer: 1 << 26 });
  return (JSON.parse(stdout) as Report).results;
}

/** With an id of its own for each group, by which the scanner finds what has it. */
async function recovery(): Promise<{ resources: Registered[]; idOf: IdOf }> {
  const usual = recoveryCloud();
  const isGroup = (type: string) => type === "aws:ec2/securityGroup:SecurityGroup";
  const groupId = (name: string) => `sg-0${createHash("sha256").update(name).digest("hex").slice(0, 8)}`;
  const made: typeof usual.made = (type, name, inputs) => ({
    ...usual.made?.(type, name, inputs),
    ...(isGroup(type) ? { id: groupId(name) } : {}),
  });
  const { resources } = await makeRecovery({ volumeKmsKeyArn: kmsKeyArn, alarms: false }, {}, { made });
  const idOf: IdOf = ({ type, name, inputs }) => {
    const { id } = (made(type, name, inputs) ?? {}) as { id?: string };
    return id ?? `${name}-id`;
  };
  return { resources, idOf };
}

it.skipIf(!canScan).each([
  ["an archive", ofArchive, 60, () => make({ replicate: true })],
  ["nodes", ofNodes, 60, () => makeNodes({ kmsKeyArn })],
  ["a recovery", ofRecovery, 100, recovery],
] as const)(
  "Checkov finds nothing in %s but what is reasoned here",
  { timeout: 300_000 },
  async (name, exceptions, least, program) => {
    const { idOf, resources } = (await program()) as { resources: Registered[]; idOf?: IdOf };
    const results = scan(name, resources, idOf);
    const found = results.failed_checks.map(({ check_id: id, resource }) => ({ id, resource }));
    expect(found.filter(({ id, resource }) => exceptions[id]?.of.test(resource) !== true)).toEqual([]);
    expect(results.passed_checks.length).toBeGreaterThan(least);
    // An exception that nothing needs any more goes.
    expect([...new Set(found.map(({ id }) => id))].sort()).toEqual(Object.keys(exceptions).sort());
  },
);
