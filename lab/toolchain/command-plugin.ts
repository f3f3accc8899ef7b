import { existsSync } from "node:fs";
import path from "node:path";
import type { Plugin } from "./plugin";

/** The version of the `command` provider that the library is pinned to. */
export const commandVersion = "1.2.1";

/** The stand-in of this checkout, as `npm run build` bundles it. */
const bundle = path.join(path.dirname(__dirname), "plugin", "bin", "pulumi-resource-command.cjs");

export const commandPlugin: Plugin = {
  name: "command",
  version: commandVersion,
  standIn: {
    title: `the stand-in for the command provider ${commandVersion} (lab/plugin)`,
    file: bundle,
    make: () =>
      existsSync(bundle) ? Promise.resolve() : Promise.reject(new Error(`${bundle} is missing: run npm run build`)),
  },
};
