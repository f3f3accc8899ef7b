import { existsSync, mkdirSync, rmdirSync, statfsSync } from "node:fs";
import path from "node:path";
import { findOnPath } from "../toolchain/files";
import { runSync } from "./command";
import { cgroupTree, labsFolder } from "./place";

/** Programs that hosts are made with, and the Debian packages that bring them. */
const programs = {
  mmdebstrap: "mmdebstrap",
  "systemd-nspawn": "systemd-container",
  ip: "iproute2",
  nft: "nftables",
  ssh: "openssh-client",
  "ssh-keygen": "openssh-client",
  nsenter: "util-linux",
  flock: "util-linux",
  losetup: "mount",
};

const overlayFileSystem = 0x794c7630;

/** Why this machine cannot have hosts, in one line; undefined if it can. */
export function whyNoHosts(): string | undefined {
  if (process.platform !== "linux") return "they need Linux";
  if (process.getuid?.() !== 0) return "they need root";
  return lackingPrograms() ?? lackingKernel();
}

function lackingPrograms(): string | undefined {
  const packages = Object.entries(programs).flatMap(([program, name]) =>
    findOnPath(program, process.env["PATH"]) === undefined ? [name] : [],
  );
  return packages.length === 0 ? undefined : `apt-get install ${[...new Set(packages)].join(" ")}`;
}

function lackingKernel(): string | undefined {
  if (runSync("unshare", ["--mount", "--net", "true"]) !== 0) return "namespaces cannot be made here";
  mkdirSync(labsFolder, { recursive: true });
  if (statfsSync(labsFolder).type === overlayFileSystem) {
    return `${labsFolder} is on an overlay, which cannot carry another`;
  }
  return lackingCgroup();
}

function lackingCgroup(): string | undefined {
  const probe = path.join(cgroupTree(), `neumann-lab-probe-${process.pid}`);
  try {
    mkdirSync(probe, { recursive: true });
    const there = existsSync(path.join(probe, "cgroup.kill"));
    rmdirSync(probe);
    return there ? undefined : "they need cgroup v2 and Linux 5.14";
  } catch (error) {
    return `no cgroup can be made: ${(error as Error).message}`;
  }
}
