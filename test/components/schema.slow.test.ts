import { readFileSync } from "node:fs";
import path from "node:path";
import { ComponentResource } from "@pulumi/pulumi";
import { Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer";
import { generateSchema } from "@pulumi/pulumi/provider/experimental/schema";
import { describe, expect, it } from "vitest";
import * as neumann from "../..";

const root = path.join(__dirname, "..", "..");
const manifest = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as { description: string };
const components = Object.entries(neumann).flatMap(([name, found]) =>
  typeof found === "function" && found.prototype instanceof ComponentResource ? [name] : [],
);

describe("the schema for other Pulumi languages", () => {
  it("is derived from the components, and is what it was", () => {
    const analyzer = new Analyzer(root, "pulumi-neumann", { ...manifest, name: "pulumi-neumann" }, new Set(components));
    const analyzed = analyzer.analyze();
    const { resources, types } = generateSchema(
      "pulumi-neumann",
      "0.0.0",
      manifest.description,
      analyzed.components,
      analyzed.typeDefinitions,
      analyzed.dependencies,
    );
    // Descriptions may change; what programs in other languages are written against may not.
    const withoutProse = JSON.parse(
      JSON.stringify({ resources, types }, (key, value: unknown) =>
        key === "description" && typeof value === "string" ? undefined : value,
      ),
    ) as object;
    expect(withoutProse).toMatchSnapshot();
    expect(analyzed.dependencies).toEqual([]);
  });
});
