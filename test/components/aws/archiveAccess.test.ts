import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { ArchiveAccess, type ArchiveAccessArgs } from "../../../components/aws";
import type { PolicyDocument } from "../../../model/aws/policyDocument";
import {
  Machine,
  messageOf,
  type Registered,
  run as runProgram,
  type RunOptions,
  unhandledIn,
  valueOf,
} from "../harness";

const archive = {
  kind: "s3",
  clusterId: "prod",
  bucket: "acme-backup",
  prefix: "neumann",
  region: "eu-central-1",
  offsite: { kind: "s3", bucket: "acme-offsite", region: "eu-west-1" },
};
const args: ArchiveAccessArgs = {
  archive,
  duties: ["node", "offsite-writer"],
  holder: { kind: "instance-profile" },
};
const oidcProviderArn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/ABCD";
const podOf = { namespace: "neumann", serviceAccount: "backup" };
const byUser: ArchiveAccessArgs = { ...args, duties: ["pruner"], holder: { kind: "user" } };

const partitionToken = "aws:index/getPartition:getPartition";
const partitionOf = (partition: string, dnsSuffix = "amazonaws.com"): RunOptions => ({
  invoke: (token: string) =>
    token === partitionToken ? { id: partition, partition, dnsSuffix, reverseDnsPrefix: "com.amazonaws" } : undefined,
});

function run<T>(program: (opts: pulumi.ComponentResourceOptions) => T, options: RunOptions = {}) {
  return runProgram(program, { ...partitionOf("aws"), ...options });
}

const make = (more: Partial<ArchiveAccessArgs>, name = "prod") => new ArchiveAccess(name, { ...args, ...more });
const of = (resources: Registered[], type: string) =>
  resources.filter((found) => found.type === `aws:iam/${type}:${type[0]?.toUpperCase()}${type.slice(1)}`);
const trustIn = (resources: Registered[]) =>
  JSON.parse(of(resources, "role")[0]?.inputs.assumeRolePolicy as string) as PolicyDocument;

describe("ArchiveAccess", () => {
  it.each<[string, ArchiveAccessArgs]>([
    ["an instance profile", args],
    ["a user", byUser],
  ])("has these resources and options for ever, with %s", async (_, given) => {
    const { resources } = await run((opts) => new ArchiveAccess("prod", given, opts));
    expect(resources).toMatchSnapshot();
  });

  it("has a policy for each duty, as its output says, and attaches it to the role", async () => {
    const { resources, result } = await run((opts) => new ArchiveAccess("prod", args, opts));
    const policies = await valueOf(result.policyJson);
    expect(Object.keys(policies)).toEqual(["node", "offsite-writer"]);
    expect(of(resources, "policy").map(({ inputs }) => inputs.policy)).toEqual(Object.values(policies));
    expect(of(resources, "rolePolicyAttachment")).toHaveLength(2);
    expect(policies.node).toContain('"arn:aws:s3:::acme-backup/neumann/prod/wal/*"');
    expect(policies.node).not.toContain("acme-offsite/prod");
    expect(await valueOf(result.instanceProfileName)).toBe("stack-prod");
    expect(await valueOf(result.credentials)).toBeUndefined();
  });

  it("makes the policies alone, for roles of others", async () => {
    const given: ArchiveAccessArgs = { ...args, holder: { kind: "policies" } };
    const { resources, result } = await run((opts) => new ArchiveAccess("prod", given, opts), {
      made: (type, name) => (type === "aws:iam/policy:Policy" ? { arn: `arn:of:${name}` } : {}),
    });
    expect(resources.map(({ type, name }) => `${type} ${name}`)).toEqual([
      "pulumi-neumann:index:ArchiveAccess prod",
      "aws:iam/policy:Policy prod-node",
      "aws:iam/policy:Policy prod-offsite-writer",
    ]);
    expect(await Promise.all(result.policyArns.map(valueOf))).toEqual([
      "arn:of:prod-node",
      "arn:of:prod-offsite-writer",
    ]);
    expect(await valueOf(result.roleArn)).toBeUndefined();
  });

  it("reaches one place where it shall, and leaves folders out", async () => {
    const folder = { ...archive, offsite: { kind: "directory", location: "/mnt/offsite" } };
    const { result } = await run((opts) => [
      new ArchiveAccess("a", { ...byUser, place: "offsite" }, opts),
      new ArchiveAccess("b", { ...byUser, archive: folder }, opts),
    ]);
    const [away, near] = await Promise.all(result.map(({ policyJson }) => valueOf(policyJson)));
    expect(away?.pruner).not.toContain("acme-backup");
    expect(away?.pruner).toContain("acme-offsite/prod");
    expect(near?.pruner).toContain("acme-backup/neumann/prod");
    expect(near?.pruner).not.toContain("offsite/data");
  });

  it("lets in the instance, the one service account, the pod, the people: nobody else", async () => {
    const trusts = async (holder: ArchiveAccessArgs["holder"], more: Partial<ArchiveAccessArgs> = {}) => {
      const { resources } = await run((opts) => new ArchiveAccess("prod", { ...args, ...more, holder }, opts));
      return trustIn(resources).Statement;
    };
    expect(await trusts({ kind: "instance-profile" })).toEqual([
      { Sid: "Holder", Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: ["sts:AssumeRole"] },
    ]);
    const issuer = "oidc.eks.eu-central-1.amazonaws.com/id/ABCD";
    expect(await trusts({ kind: "service-account", oidcProviderArn, ...podOf })).toEqual([
      {
        Sid: "Holder",
        Effect: "Allow",
        Principal: { Federated: oidcProviderArn },
        Action: ["sts:AssumeRoleWithWebIdentity"],
        Condition: {
          StringEquals: {
            [`${issuer}:sub`]: "system:serviceaccount:neumann:backup",
            [`${issuer}:aud`]: "sts.amazonaws.com",
          },
        },
      },
    ]);
    expect(await trusts({ kind: "pod-identity", ...podOf })).toMatchObject([
      {
        Principal: { Service: "pods.eks.amazonaws.com" },
        Action: ["sts:AssumeRole", "sts:TagSession"],
        Condition: {
          StringEquals: {
            "aws:RequestTag/kubernetes-namespace": "neumann",
            "aws:RequestTag/kubernetes-service-account": "backup",
          },
        },
      },
    ]);
    const assumedBy = ["arn:aws:iam::111122223333:role/operators"];
    const [open] = await trusts({ kind: "role", assumedBy });
    expect(open).toEqual({ Sid: "Holder", Effect: "Allow", Principal: { AWS: assumedBy }, Action: ["sts:AssumeRole"] });
    const [glass] = await trusts({ kind: "role", assumedBy }, { duties: ["break-glass"] });
    expect(glass?.Condition).toEqual({
      Bool: { "aws:MultiFactorAuthPresent": "true" },
      NumericLessThan: { "aws:MultiFactorAuthAge": "3600" },
    });
  });

  it("follows the partition", async () => {
    const { resources, result } = await run(
      (opts) => new ArchiveAccess("prod", args, opts),
      partitionOf("aws-cn", "amazonaws.com.cn"),
    );
    expect(trustIn(resources).Statement[0]?.Principal).toEqual({ Service: "ec2.amazonaws.com.cn" });
    expect(JSON.stringify(await valueOf(result.policyJson))).not.toContain("arn:aws:");
  });

  it("gives keys as a secret, and no other output is one", async () => {
    const { resources, result } = await run((opts) => new ArchiveAccess("prod", byUser, opts));
    const isSecret = (output: unknown) => (output as { isSecret: Promise<boolean> }).isSecret;
    expect(await isSecret(result.credentials)).toBe(true);
    expect(await valueOf(result.credentials)).toHaveProperty("accessKeyId", "prod-key-id");
    for (const open of [result.policyJson, result.roleArn, result.instanceProfileName]) {
      expect(await isSecret(open)).toBe(false);
    }
    const [key] = of(resources, "accessKey");
    expect(key?.options.additionalSecretOutputs).toEqual(["secret", "sesSmtpPasswordV4"]);
    expect(await valueOf(result.roleArn)).toBeUndefined();
  });

  it("shows its policies though the archive's reference holds keys, and shows none of these", async () => {
    const credentials = { accessKeyId: "AKID", secretAccessKey: "very-secret-key" };
    const { resources, result } = await run((opts) => {
      const reference = pulumi.secret({ ...archive, credentials });
      return new ArchiveAccess("prod", { ...args, archive: reference }, opts);
    });
    for (const { inputs } of resources) expect(JSON.stringify(inputs)).not.toContain("very-secret-key");
    const [policy] = of(resources, "policy");
    expect(policy?.inputs.policy).toBe((await valueOf(result.policyJson)).node);
  });

  it("hands boundary, path, tags and keys of KMS on", async () => {
    const more = {
      permissionsBoundaryArn: "arn:aws:iam::111122223333:policy/boundary",
      path: "/neumann/",
      tags: { team: "data" },
      primaryKmsKeyArn: "arn:aws:kms:eu-central-1:111122223333:key/near",
      offsiteKmsKeyArn: "arn:aws:kms:eu-west-1:111122223333:key/away",
    };
    const { resources, result } = await run((opts) => new ArchiveAccess("prod", { ...args, ...more }, opts));
    const { permissionsBoundaryArn: permissionsBoundary, path, tags } = more;
    expect(of(resources, "role")[0]?.inputs).toMatchObject({ permissionsBoundary, path, tags });
    for (const { inputs } of [...of(resources, "policy"), ...of(resources, "instanceProfile")]) {
      expect(inputs).toMatchObject({ path, tags });
    }
    const policies = await valueOf(result.policyJson);
    expect(policies.node).toContain(more.primaryKmsKeyArn);
    expect(policies.node).not.toContain(more.offsiteKmsKeyArn);
    expect(policies["offsite-writer"]).toContain(more.offsiteKmsKeyArn);
  });

  it("takes the key that the reference names, where it is an ARN", async () => {
    const encrypted = (kmsKeyId: string) => ({ ...archive, encryption: { kind: "kms", kmsKeyId } });
    const key = "arn:aws:kms:eu-central-1:111122223333:key/near";
    const { result } = await run((opts) => [
      new ArchiveAccess("a", { ...args, archive: encrypted(key) }, opts),
      new ArchiveAccess("b", { ...args, archive: encrypted("alias/backup") }, opts),
    ]);
    const [named, alias] = await Promise.all(result.map(({ policyJson }) => valueOf(policyJson)));
    expect(named?.node).toContain(key);
    expect(alias?.node).not.toContain("kms:");
  });

  it("stands beside another one, in a preview too, and waits for what is not known", async () => {
    const { resources } = await run(
      (opts) => {
        const bucket = new Machine("bucket");
        const unknown = bucket.address;
        new ArchiveAccess("one", { ...args, archive: { ...archive, bucket: unknown } }, opts);
        return new ArchiveAccess("two", byUser, opts);
      },
      { preview: true },
    );
    const names = resources.map(({ type, name }) => `${type} ${name}`);
    expect(new Set(names).size).toBe(names.length);
    expect(of(resources, "policy")).toHaveLength(3);
    const waiting = resources.find(({ name }) => name === "one-node");
    expect(typeof waiting?.inputs.policy).not.toBe("string");
    expect(typeof resources.find(({ name }) => name === "two-pruner")?.inputs.policy).toBe("string");
  });
});

describe("ArchiveAccess refuses", () => {
  it.each<[Partial<ArchiveAccessArgs>, string]>([
    [
      { duties: [] },
      "duties: names none (received []). Write a list of: node, offsite-writer, pruner, restorer, auditor, deployer, break-glass.",
    ],
    [
      { duties: ["writer"] },
      'duties[0]: is not known (received "writer"). Use: node, offsite-writer, pruner, restorer, auditor, deployer, break-glass.',
    ],
    [{ duties: ["node", "node"] }, 'duties[1]: is there twice (received "node"). Write it once.'],
    [
      { duties: ["node", "pruner"] },
      'duties[1]: goes with no other duty: who makes backups could end them too (received "pruner"). Make an ArchiveAccess of its own for it.',
    ],
    [
      { holder: { kind: "group" } },
      'holder.kind: is not known (received "group"). Use one of: instance-profile, service-account, pod-identity, role, user, policies.',
    ],
    [
      { duties: ["break-glass"] },
      'holder.kind: has no second factor, and break-glass may do nothing without one (received "instance-profile"). Use role, for the people who may, or user.',
    ],
    [
      { holder: { kind: "role", assumedBy: ["*"] } },
      'holder.assumedBy: is not what a holder of this kind needs (received ["*"]). Write ARNs of users, roles or accounts, such as arn:aws:iam::111122223333:role/operators.',
    ],
    [
      { holder: { kind: "pod-identity", ...podOf, serviceAccount: "*" } },
      'holder.serviceAccount: is not what a holder of this kind needs (received "*"). Write the name of the one service account, such as neumann-backup.',
    ],
    [
      { holder: { kind: "user", namespace: "x" } },
      'holder.namespace: does not belong to a holder of kind user (received "x"). Leave it out.',
    ],
    [{ place: "both" }, 'place: is not known (received "both"). Use primary or offsite, or leave it out for both.'],
    [
      { duties: ["node"], place: "offsite" },
      'duties[0]: has nothing to do in offsite (received "node"). Leave place out, or choose another duty.',
    ],
    [
      { archive: { kind: "directory", clusterId: "prod", location: "/mnt/backup" } },
      'archive: has no bucket there (received "both places"). Rights are needed for buckets only.',
    ],
    [
      { archive: { ...archive, endpoint: "https://s3.example.com" } },
      'archive.endpoint: is no bucket of AWS, and IAM gives no rights there (received "https://s3.example.com"). Leave it out.',
    ],
    [{ archive: { ...archive, bucket: "B" } }, "archive.bucket: is no name of a bucket"],
    [
      { primaryKmsKeyArn: "alias/backup" },
      'primaryKmsKeyArn: is not what it should be (received "alias/backup"). Write the key\'s ARN, such as arn:aws:kms:eu-central-1:111122223333:key/1234abcd; an alias names no key in a policy.',
    ],
    [
      { permissionsBoundaryArn: "boundary" },
      'permissionsBoundaryArn: is not what it should be (received "boundary"). Write the ARN of a policy, such as arn:aws:iam::111122223333:policy/boundary.',
    ],
    [
      { path: "neumann" },
      'path: is not what it should be (received "neumann"). Write it with a slash at both ends, such as /neumann/.',
    ],
    [
      { archive: { ...archive, prefix: "p".repeat(900) } },
      "archive: makes a policy for node that is longer than the 6144 characters that IAM takes",
    ],
  ])("%j", (more, message) => {
    expect(messageOf(() => make(more))).toContain(message);
  });

  it("a name that IAM does not take, and all mistakes at once", () => {
    expect(messageOf(() => make({}, "n".repeat(64)))).toContain("name: is longer than IAM takes, as ");
    const wrong = { path: "x", place: "y", primaryKmsKeyArn: "z" };
    expect(messageOf(() => make(wrong))).toMatch(/^ArchiveAccess "prod" cannot be created: 3 mistakes\n/);
  });

  it("what is wrong once it is known, in every output", async () => {
    const errors = await unhandledIn(async () => {
      let access: ArchiveAccess | undefined;
      // What depends on a resource that fails waits for ever under mocks: so nobody waits for the whole.
      void run((opts) => (access = new ArchiveAccess("prod", { ...args, path: pulumi.output("x") }, opts)));
      await new Promise((resolve) => setImmediate(resolve));
      await valueOf((access as ArchiveAccess).policyJson);
    });
    expect(errors.join("\n")).toContain('path: is not what it should be (received "x")');
  });
});
