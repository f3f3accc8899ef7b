import path from "node:path";
import { readJson } from "../toolchain/files";
import { ensureGoProgram, type GoProgram, goProgramFile } from "../toolchain/goProgram";
import type { Toolchain } from "../toolchain";
import { ensurePlugin, type Plugin } from "../toolchain/plugin";
import { Steps } from "../toolchain/progress";

const providerModule = "github.com/pulumi/pulumi-kubernetes/provider/v4";
/** Of its code, as `tools/provider/go.mod` has it: the newest that is a Go module. */
const moduleDate = "20260115033456";

/** The version that the engine asks for: of the pinned SDK. */
function sdkVersion(): string {
  const { version } = readJson(require.resolve("@pulumi/kubernetes/package.json")) as { version: string };
  return version;
}

function program(version: string): GoProgram {
  return {
    name: "pulumi-resource-kubernetes",
    version: `${version}-${moduleDate}`,
    role: "Pulumi's provider",
    package: ".",
    module: path.join(__dirname, "tools", "provider"),
    go: "1.26",
    flags: ["-trimpath"],
    env: { CGO_ENABLED: "0" },
    ldflags: `-X ${providerModule}/pkg/version.Version=${version}`,
    embeds: {
      module: providerModule,
      folder: "cmd/pulumi-resource-kubernetes",
      files: ["schema.json", "terraform-mapping.json"],
    },
  };
}

/**
 * Pulumi's kubernetes provider for the tests: the official plugin where it is there or can be downloaded, else the same
 * provider built once from its newest Go module, which is older than the pinned SDK.
 */
export function ensureKubernetesPlugin(
  { pulumi, pulumiHome, environment }: Toolchain,
  say: (line: string) => void,
): Promise<"official" | "stand-in"> {
  const version = sdkVersion();
  const built = program(version);
  const plugin: Plugin = {
    name: "kubernetes",
    version,
    standIn: {
      title: `the kubernetes provider of ${moduleDate.slice(0, 4)}-${moduleDate.slice(4, 6)}, built from its module (lab/kubernetes/tools/provider), as ${version}`,
      file: goProgramFile(built, pulumiHome),
      make: async () => void (await ensureGoProgram(built, say, pulumiHome)),
    },
  };
  return ensurePlugin(plugin, { pulumi, pulumiHome, environment, choice: "auto", steps: new Steps(say) });
}
