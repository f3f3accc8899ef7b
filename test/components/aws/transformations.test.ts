import * as pulumi from "@pulumi/pulumi";
import { expect, it, vi } from "vitest";
import { AwsRecovery, S3Archive } from "../../../components/aws";
import { run, type RunOptions } from "../harness";
import { args as archiveArgs, ofAws } from "./archiveRuns";
import { cloud } from "./cloud";
import { recoveryCloud } from "./recoveryCloud";
import { args as recoveryArgs } from "./recoveryRuns";

vi.mock("../../../components/agentBundle", async () => (await import("../harness")).fakeBundle());

/** As a company adds its tags to whatever is made. */
const tagged: pulumi.ResourceTransformation = ({ props, opts }) => {
  const { tags } = props as { tags?: pulumi.Input<Record<string, string>> };
  if (tags === undefined) return undefined;
  return {
    props: { ...props, tags: pulumi.output(tags).apply((known) => ({ ...known, "cost-centre": "4711" })) },
    opts,
  };
};

const components: [string, (opts: pulumi.ComponentResourceOptions) => unknown, RunOptions, number][] = [
  ["S3Archive", (opts) => new S3Archive("prod", archiveArgs, opts), cloud(), 5],
  ["AwsRecovery, and all that it is made of", (opts) => new AwsRecovery("dr", recoveryArgs, opts), recoveryCloud(), 60],
];

it.each(components)("transformations reach every resource of %s", async (_name, program, options, least) => {
  const { resources } = await run(
    (opts) => program({ ...opts, transformations: [...(opts.transformations ?? []), tagged] }),
    options,
  );
  const withTags = ofAws(resources).filter(({ inputs }) => inputs.tags !== undefined);
  expect(withTags.length).toBeGreaterThan(least);
  for (const { name, inputs } of withTags) expect(inputs.tags, name).toMatchObject({ "cost-centre": "4711" });
});
