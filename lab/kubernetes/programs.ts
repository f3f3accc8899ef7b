import path from "node:path";
import { ensureGoProgram, type GoProgram } from "../toolchain/goProgram";

/** Kubernetes as the tests have it: Go tools of `lab/kubernetes/tools`. */
export const kubernetesVersion = "1.36.1";

/** What keeps its objects: a Go tool of `lab/kubernetes/tools/etcd`, whose modules do not go together with those. */
export const etcdVersion = "3.6.5";

/** The files of a control plane's programs. */
export interface Programs {
  etcd: string;
  apiServer: string;
  controllerManager: string;
  kubectl: string;
}

const tools = path.join(__dirname, "tools");

const built = { go: "1.26", flags: ["-trimpath"], env: { CGO_ENABLED: "0" } };

const etcd: GoProgram = {
  ...built,
  name: "etcd",
  version: etcdVersion,
  role: "Kubernetes' store",
  package: "go.etcd.io/etcd/server/v3",
  module: path.join(tools, "etcd"),
};

/** One of Kubernetes' own programs; they tell their version to each other, so the linker writes it in. */
function kubernetes(name: string): GoProgram {
  const [major = "", minor = ""] = kubernetesVersion.split(".");
  const set = { gitVersion: `v${kubernetesVersion}`, gitMajor: major, gitMinor: minor, gitTreeState: "clean" };
  const ldflags = Object.entries(set).map(([key, value]) => `-X k8s.io/component-base/version.${key}=${value}`);
  return {
    ...built,
    name,
    version: kubernetesVersion,
    role: "Kubernetes' program",
    package: `k8s.io/kubernetes/cmd/${name}`,
    module: tools,
    ldflags: ldflags.join(" "),
  };
}

/** The programs of a control plane, built from their Go modules once: about ten CPU minutes, then 290 MB. */
export async function controlPlanePrograms(say: (line: string) => void): Promise<Programs> {
  return {
    etcd: await ensureGoProgram(etcd, say),
    apiServer: await ensureGoProgram(kubernetes("kube-apiserver"), say),
    controllerManager: await ensureGoProgram(kubernetes("kube-controller-manager"), say),
    kubectl: await ensureGoProgram(kubernetes("kubectl"), say),
  };
}
