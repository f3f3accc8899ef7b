import { expect, it } from "vitest";
import * as model from "../../model/index";
import * as neumann from "../../index";

it("exports the components and what their arguments need, by name", () => {
  expect(Object.keys(neumann).sort()).toEqual([
    "Architecture",
    "BucketArchive",
    "ClusterBackups",
    "ClusterClone",
    "ClusterRestore",
    "DirectoryArchive",
    "DisasterRecovery",
    "HostKind",
    "LocalNodes",
    "OnUnreachable",
    "ServiceManager",
    "alertRules",
    "standardPolicy",
  ]);
});

it("exports the model without Pulumi", () => {
  expect(Object.keys(model).sort()).toMatchSnapshot();
});
