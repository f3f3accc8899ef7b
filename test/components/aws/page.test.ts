import { expect, it, vi } from "vitest";
import type { PolicyDocument } from "../../../model/aws/policyDocument";
import { readDocument, tableAfter } from "../../format/document";
import { type Registered, run } from "../harness";
import { args, named, ofAws } from "./archiveRuns";
import { cloud, OtherAccount } from "./cloud";
import { args as nodeArgs, nodeCloud } from "./nodeRuns";
import { recoveryCloud } from "./recoveryCloud";
import { args as recoveryArgs, rehearsal } from "./recoveryRuns";
import { AwsRecovery, Ec2Nodes, S3Archive } from "../../../components/aws";

vi.mock("../../../components/agentBundle", async () => (await import("../harness")).fakeBundle());

it("docs/aws.md names each child of an S3Archive, and each statement of its buckets' policies", async () => {
  const page = readDocument("docs/aws.md");
  const all = {
    ...args,
    replicate: true,
    offsiteProvider: new OtherAccount("vault"),
    administratorArns: ["arn:aws:iam::111122223333:role/deploy"],
  };
  const { resources } = await run((opts) => new S3Archive("<name>", all, opts), cloud());
  const children = tableAfter(page, "### Children").flatMap((name) =>
    name.includes("<place>") ? ["primary", "offsite"].map((place) => name.replace("<place>", place)) : [name],
  );
  const made = ofAws(resources).map(({ name }) => name);
  expect(children.sort()).toEqual(made.sort());
  const { Statement } = JSON.parse(named(resources, "<name>-offsite-policy").inputs.policy as string) as PolicyDocument;
  expect(tableAfter(page, "### The bucket's policy")).toEqual(Statement.map(({ Sid }) => Sid));
});

it("docs/aws.md names each child of Ec2Nodes with its types", async () => {
  const reach = {
    operatorSecurityGroupIds: ["sg-1"],
    clientPort: 7880,
    clientCidrs: ["10.1.0.0/16"],
    clientSecurityGroupIds: ["sg-2"],
  };
  const services = { serviceCidrs: ["10.2.0.0/16"], serviceSecurityGroupIds: ["sg-3"], servicePrefixListIds: ["pl-1"] };
  const policyArns = ["arn:aws:iam::111122223333:policy/node"];
  const { resources } = await run(
    (opts) => [
      new Ec2Nodes("<name>", { ...nodeArgs, ...reach, policyArns }, opts),
      new Ec2Nodes("other", { ...nodeArgs, ...services }, opts),
    ],
    nodeCloud(),
  );
  const made = resources
    .filter(({ type }) => !type.startsWith("pulumi-neumann:"))
    .map(({ name, type }) => {
      const role = name.replace(/^other/, "<name>").replace(/node\d/, "<node>");
      return `${role.replace(/(cidr|group|list|<node>)-\d$/, "$1-<n>")} ${shortType(type)}`;
    });
  const rows = rowsAfter(readDocument("docs/aws.md"), "### Children of Ec2Nodes");
  const told = rows.flatMap(([names, types]) => names.flatMap((name) => types.map((type) => `${name} ${type}`)));
  expect(told.sort()).toEqual([...new Set(made)].sort());
});

/** Of a component alone, without those of the components in it. */
const ownOf = (resources: Registered[], component: string): Registered[] =>
  resources.filter(({ urn }) => urn.includes(`::pulumi-neumann:index:${component}$`) && urn.split("$").length === 2);

const toldBy = (heading: string): string[] =>
  rowsAfter(readDocument("docs/aws.md"), heading).flatMap(([names, types]) =>
    names.flatMap((name) => types.map((type) => `${name} ${type}`)),
  );

it("docs/aws.md names each child of an AwsRecovery and of its network", async () => {
  const resources: Registered[] = [];
  for (const change of [{}, rehearsal]) {
    const given = { ...recoveryArgs, ...change, alarms: false };
    const { resources: made } = await run((opts) => new AwsRecovery("<name>", given, opts), recoveryCloud());
    resources.push(...made);
  }
  const named = (all: Registered[]) =>
    all
      .filter(({ name, type }) => !type.startsWith("pulumi-neumann:") && !/^<name>-primary-(?!events)/.test(name))
      .map(({ name, type }) => `${name.replace(/(subnet|routes|ssh)-\d$/, "$1-<n>")} ${shortType(type)}`);
  const told = toldBy("### Children of AwsRecovery").filter((row) => !row.includes("…"));
  expect(told.sort()).toEqual([...new Set(named(ownOf(resources, "AwsRecovery")))].sort());
  const network = named(ownOf(resources, "RecoveryNetwork")).map((row) =>
    row.replace(/-(ssm|monitoring) /, "-<service> "),
  );
  expect(
    toldBy("### RecoveryNetwork")
      .filter((row) => row.startsWith("<name>"))
      .sort(),
  ).toEqual([...new Set(network)].sort());
});

/** `aws:ec2/instance:Instance` as `ec2.Instance`. */
function shortType(type: string): string {
  const [pack, module, name] = type.split(":") as [string, string, string];
  return `${pack === "aws" ? "" : `${pack}.`}${module.split("/")[0]}.${name}`;
}

/** First and second column of a table, each with all that stands in backticks. */
function rowsAfter(page: string, heading: string): [string[], string[]][] {
  const section = page.slice(page.indexOf(`\n${heading}\n`)).split(/\n#+ /)[1] ?? "";
  return section
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => {
      const [, names = "", types = ""] = line.split("|");
      const quoted = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text ?? "");
      return [quoted(names), quoted(types)];
    });
}
