import { duties, kmsActionsOf, listActions, patternsOf, rightsOf } from "../../../model/aws/duties";

const places = ["primary", "offsite"] as const;

const who: Record<(typeof duties)[number], string> = {
  node: "Every node, for the first bucket.",
  "offsite-writer": "Every node too, for the off-site bucket; or a machine of its own that copies.",
  pruner: "Whatever runs `neumann-backup prune` once a day, and no node.",
  restorer:
    "Whoever recovers. The new nodes have it beside `node` and `offsite-writer` until the recovery is accepted.",
  auditor: "Whoever looks whether all is well: monitoring, an auditor, another team.",
  deployer: "Where Pulumi runs: `archive-create`.",
  "break-glass": "A person, on the day on which something has to be deleted or brought back.",
};

/** The page of rights, from the data that the policies are made of. */
export function dutiesPage(unused: Record<string, string>): string {
  return `# Rights in AWS: duty by duty

This page is written from \`model/aws/duties.ts\`; a test holds it to that, and that to what the agent really asks a store for. The
policies are made by \`ArchiveAccess\` ([aws.md](aws.md)). Keys are below the archive's prefix in its bucket, \`<cluster>\` is the
cluster's name.

| duty | who has it |
| --- | --- |
${duties.map((duty) => `| \`${duty}\` | ${who[duty]} |`).join("\n")}

${duties.map((duty) => `## ${duty}\n\n${table(duty)}\n\n${keys(duty)}`).join("\n\n")}

## For all duties

| what | how it is said |
| --- | --- |
| Only by TLS | \`Deny\` of everything where \`aws:SecureTransport\` is false |
| Never overwrite | \`Deny\` of \`s3:PutObject\` without \`If-None-Match\`, where it creates an object: an upload in parts is judged at its end |
| Never destroy | \`Deny\` of deleting, tagging and changing the bucket's settings, whatever else is attached; \`pruner\` may tag, \`deployer\` may set buckets up, \`break-glass\` may delete |
| Lists | only below the cluster's own prefix (\`s3:prefix\`) |
| A key of KMS | only by way of S3 in the bucket's region (\`kms:ViaService\`), and for this bucket (\`kms:EncryptionContext:aws:s3:arn\`) |
| Object lock, where the archive locks | \`s3:PutObjectRetention\` beside each \`s3:PutObject\`, in the archive's mode and for no more than its days |
| \`break-glass\` | only with a second factor that was given within the hour |

HEAD of a bucket, by which the agent reads the store's clock, is refused to all of them: there is no right for it that would not let
the whole bucket be listed, and the refusal has the time in it. Logs show it as \`AccessDenied\`. An object that is missing is one
more refusal there, for the same reason; the agent lists its key and knows.

No command of the agent asks for these:

| action | why it is allowed |
| --- | --- |
${Object.entries(unused)
  .map(([action, why]) => `| \`${action}\` | ${why} |`)
  .join("\n")}
`;
}

function table(duty: (typeof duties)[number]): string {
  const rows = rightsOf(duty).flatMap((right) =>
    places
      .filter((place) => right.places.includes(place))
      .map((place) => {
        const patterns = right.parts.flatMap((part) => patternsOf(part, place));
        const listed = right.actions.some((action) => listActions.includes(action));
        const on = patterns.length === 0 ? "the bucket" : patterns.map((pattern) => `\`${pattern}\``).join(", ");
        return `| ${place} | ${right.actions.map((action) => `\`${action}\``).join(", ")} | ${listed ? "below " : ""}${on} | ${right.why} |`;
      }),
  );
  return ["| place | actions | keys | what for |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

function keys(duty: (typeof duties)[number]): string {
  const used = places.map(
    (place) =>
      `${place}: ${
        kmsActionsOf(duty, place)
          .map((action) => `\`${action}\``)
          .join(", ") || "none"
      }`,
  );
  return `Of a key of KMS: ${used.join("; ")}.`;
}
