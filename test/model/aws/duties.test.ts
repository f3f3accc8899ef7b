import path from "node:path";
import { format } from "prettier";
import { describe, expect, it } from "vitest";
import { anyCluster, duties, type Duty, type Part, patternsOf, rightsOf } from "../../../model/aws/duties";
import { type BucketPlace, dutyPolicy, mostCharacters, policyText } from "../../../model/aws/dutyPolicy";
import type { PolicyDocument } from "../../../model/aws/policyDocument";
import type { Place } from "../../../model/catalog";
import { type Asked, decide } from "../../aws/policyEvaluator";
import type { Recorded } from "../../aws/recorded";
import recordedJson from "../../aws/recorded.json";
import { dutiesPage } from "./dutiesPage";

const recorded = recordedJson as Recorded[];

const places: Record<Place, BucketPlace> = {
  primary: {
    place: "primary",
    bucket: "acme-neumann-backup",
    prefix: "neumann/backup",
    region: "eu-central-1",
    kmsKeyArn: "arn:aws:kms:eu-central-1:111122223333:key/near",
  },
  offsite: {
    place: "offsite",
    bucket: "acme-neumann-offsite",
    region: "eu-west-1",
    kmsKeyArn: "arn:aws:kms:eu-west-1:444455556666:key/away",
    objectLock: { mode: "governance", days: 30 },
  },
};

const request = { clusterId: "prod", partition: "aws", places: Object.values(places) };
const documents = new Map(duties.map((duty) => [duty, dutyPolicy({ ...request, duty })]));
const statementsOf = (duty: Duty) => (documents.get(duty) as PolicyDocument).Statement;

/** A recorded request as it would be in these buckets. */
function asked({ place, action, part, context }: Recorded, cluster = "prod"): Asked {
  const { bucket, prefix } = places[place];
  const arn = `arn:aws:s3:::${bucket}`;
  const secured = { "aws:SecureTransport": "true", ...context };
  const [pattern] = part === undefined ? [] : patternsOf(part, place);
  const key = pattern?.replace(anyCluster, cluster).replace("*", "x/y.json");
  const whole = key === undefined ? "" : `${prefix === undefined ? "" : `${prefix}/`}${key}`;
  if (/List/.test(action)) {
    const listed: Record<string, string> = part === undefined ? {} : { "s3:prefix": whole };
    return { action, resource: arn, context: { ...secured, ...listed } };
  }
  return { action, resource: key === undefined ? arn : `${arn}/${whole}`, context: secured };
}

const may = (one: Recorded, change: (asked: Asked) => Asked = (same) => same, cluster?: string) =>
  one.duties.some((duty) => decide(statementsOf(duty), change(asked(one, cluster))) === "allowed");

const withContext =
  (more: Record<string, string | undefined>) =>
  (before: Asked): Asked => {
    const entries = Object.entries({ ...before.context, ...more }).filter(([, value]) => value !== undefined);
    return { ...before, context: Object.fromEntries(entries) as Record<string, string> };
  };

const allowed = recorded.filter((one) => one.allowed);
const named = ({ duties: who, action, place, part }: Recorded) => `${who.join("+")} ${action} ${place} ${part}`;

/** What the agent asks for and is not given, each with its reason. */
const refusals: Record<string, string> = {
  "s3:ListBucket": "HEAD of the bucket, for the store's clock: a refusal has the time in it as well",
  "s3:PutObject":
    "`verify` without the right to record it says so, and verifies all the same: an auditor writes nothing",
};

/** Actions and parts that are allowed and that none of the recorded commands asks for, each with its reason. */
const unused: Record<string, string> = {
  "s3:BypassGovernanceRetention": "only by hand",
  volumes: "no action, but records that only pods on Kubernetes write",
};

describe("the record of what the agent asks a store for", () => {
  it("is allowed by the documents, in any bucket and partition", () => {
    expect(allowed.length).toBeGreaterThan(100);
    for (const one of allowed) expect(may(one), named(one)).toBe(true);
  });

  it("has no refusal but those with a reason", () => {
    const refused = recorded.filter((one) => !one.allowed);
    expect([...new Set(refused.map(({ action }) => action))].sort()).toEqual(Object.keys(refusals).sort());
    for (const { action, part, duties: who } of refused) {
      if (action === "s3:ListBucket") expect(part).toBeUndefined();
      else expect({ part, who }).toEqual({ part: "verifications", who: ["auditor"] });
    }
  });

  it("needs every right that a duty has, but those with a reason", () => {
    const missing = new Set<string>();
    for (const duty of duties) {
      for (const { places: where, actions, parts } of rightsOf(duty)) {
        for (const action of actions) {
          for (const part of parts.length === 0 ? [undefined] : parts) {
            if (!isUsed({ duty, action, part, where })) missing.add(`${duty} ${action} ${part} ${where.join("+")}`);
          }
        }
      }
    }
    const reasoned = [...missing].filter((line) => Object.keys(unused).some((word) => line.includes(` ${word} `)));
    expect([...missing].filter((line) => !reasoned.includes(line))).toEqual([]);
    expect(reasoned.length).toBeGreaterThan(0);
  });
});

/** In one of its places: where an archive has no off-site place, the first one takes what would lie there. */
function isUsed({
  duty,
  action,
  part,
  where,
}: {
  duty: Duty;
  action: string;
  part?: Part;
  where: readonly Place[];
}): boolean {
  const wide = part === "everything" || part === "records";
  return allowed.some(
    (one) =>
      one.duties.includes(duty) && one.action === action && where.includes(one.place) && (wide || one.part === part),
  );
}

describe("the documents of the duties", () => {
  it("allow nothing of it to another cluster, nor to the same one elsewhere in the bucket", () => {
    const own = allowed.filter(({ part }) => part !== undefined);
    for (const one of own) {
      expect(may(one, undefined, "staging"), named(one)).toBe(false);
      expect(may(one, undefined, "prod-2"), named(one)).toBe(false);
      const moved = (before: Asked): Asked => ({
        ...before,
        resource: before.resource.replace("neumann/backup/", "").replace("offsite/prod", "offsite/x/prod"),
        context: {
          ...before.context,
          ...(before.context["s3:prefix"] && { "s3:prefix": `x/${before.context["s3:prefix"]}` }),
        },
      });
      expect(may(one, moved), named(one)).toBe(false);
    }
  });

  it("deny everything that does not come by TLS", () => {
    for (const one of allowed)
      expect(may(one, withContext({ "aws:SecureTransport": "false" })), named(one)).toBe(false);
  });

  it("deny a put that could replace something, and let an upload in parts begin", () => {
    const puts = allowed.filter(({ action }) => action === "s3:PutObject");
    const creating = puts.filter(({ context }) => context["s3:ObjectCreationOperation"] === "true");
    expect(creating.length).toBeGreaterThan(20);
    expect(puts.length).toBeGreaterThan(creating.length);
    for (const one of creating)
      expect(may(one, withContext({ "s3:if-none-match": undefined })), named(one)).toBe(false);
  });

  it("let nobody delete but whoever breaks the glass, and that with a second factor of this hour", () => {
    const deletes = ["s3:DeleteObject", "s3:DeleteObjectVersion"];
    for (const place of ["primary", "offsite"] as const) {
      for (const action of deletes) {
        for (const duty of duties) {
          const factor = { "aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "60" };
          const one: Recorded = { duties: [duty], place, action, part: "data", context: factor, allowed: true };
          expect(may(one), `${duty} ${action}`).toBe(duty === "break-glass");
          expect(may(one, withContext({ "aws:MultiFactorAuthAge": "3601" }))).toBe(false);
          expect(may(one, withContext({ "aws:MultiFactorAuthPresent": undefined }))).toBe(false);
          expect(may(one, withContext({ "aws:MultiFactorAuthPresent": "false" }))).toBe(false);
        }
      }
    }
  });

  it("let a put lock as long as the archive says and no longer, where it locks at all", () => {
    const lock = (place: Place, days: string, mode = "GOVERNANCE"): boolean =>
      may({
        duties: ["offsite-writer", "node"],
        place,
        action: "s3:PutObjectRetention",
        part: "data",
        context: { "s3:object-lock-mode": mode, "s3:object-lock-remaining-retention-days": days },
        allowed: true,
      });
    expect(lock("offsite", "30")).toBe(true);
    expect(lock("offsite", "31")).toBe(false);
    expect(lock("offsite", "30", "COMPLIANCE")).toBe(false);
    expect(lock("primary", "1")).toBe(false);
  });

  it("let a key be used by way of S3 in its region and for its bucket alone", () => {
    const context = {
      "aws:SecureTransport": "true",
      "kms:ViaService": "s3.eu-central-1.amazonaws.com",
      "kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::acme-neumann-backup",
    };
    const use = (duty: Duty, action: string, more: Record<string, string> = {}): string =>
      decide(statementsOf(duty), {
        action,
        resource: places.primary.kmsKeyArn as string,
        context: { ...context, ...more },
      });
    for (const action of ["kms:Decrypt", "kms:GenerateDataKey"]) expect(use("node", action)).toBe("allowed");
    expect(use("auditor", "kms:Decrypt")).toBe("allowed");
    expect(use("auditor", "kms:GenerateDataKey")).toBe("not allowed");
    expect(use("node", "kms:ScheduleKeyDeletion")).toBe("not allowed");
    expect(use("node", "kms:Decrypt", { "kms:ViaService": "ec2.eu-central-1.amazonaws.com" })).toBe("not allowed");
    const other = { "kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::acme-neumann-backup-2" };
    expect(use("node", "kms:Decrypt", other)).toBe("not allowed");
  });

  it("hold in other partitions, and nothing of them names this one", () => {
    for (const partition of ["aws-cn", "aws-us-gov"]) {
      const near = { ...places.primary, kmsKeyArn: `arn:${partition}:kms:cn-north-1:111122223333:key/near` };
      for (const duty of duties) {
        const text = policyText(dutyPolicy({ ...request, duty, partition, places: [near] }));
        expect(text).not.toContain("arn:aws:");
        expect(text).toContain(`arn:${partition}:s3:::acme-neumann-backup`);
        // China's services have a name of their own; which of the two a key sees is not sure.
        const names = text.includes(
          '"kms:ViaService":["s3.eu-central-1.amazonaws.com","s3.eu-central-1.amazonaws.com.cn"]',
        );
        if (text.includes("kms:")) expect(names).toBe(partition === "aws-cn");
      }
    }
  });

  it("fit into a managed policy, with the longest names that there are", () => {
    const long = (place: BucketPlace): BucketPlace => ({
      ...place,
      bucket: "b".repeat(63),
      prefix: "neumann/backup",
      objectLock: { mode: "governance", days: 30 },
    });
    for (const duty of duties) {
      const document = dutyPolicy({ ...request, duty, clusterId: "c".repeat(20), places: request.places.map(long) });
      expect(policyText(document).length, duty).toBeLessThan(mostCharacters);
    }
  });

  it.each(duties)("%s", (duty) => {
    expect(dutyPolicy({ ...request, duty })).toMatchSnapshot();
  });
});

describe("docs/aws-rights.md", () => {
  it("says what the data says: `npx vitest run --project unit test/model/aws/duties.test.ts -u` rewrites it", async () => {
    const text = await format(dutiesPage(unused), { parser: "markdown", printWidth: 120 });
    await expect(text).toMatchFileSnapshot(path.resolve(__dirname, "../../../docs/aws-rights.md"));
  });
});
