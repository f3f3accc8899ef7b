import { expect, it, vi } from "vitest";
import type { PolicyDocument } from "../../../model/aws/policyDocument";
import { readDocument, tableAfter } from "../../format/document";
import { run } from "../harness";
import { args, named, ofAws } from "./archiveRuns";
import { cloud, OtherAccount } from "./cloud";
import { S3Archive } from "../../../components/aws";

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
