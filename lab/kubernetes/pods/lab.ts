import { existsSync, rmSync } from "node:fs";
import path from "node:path";
import { must } from "../../hosts/command";
import { makeFolder, writeOpen } from "../../hosts/files";
import { imageLayers } from "../../hosts/image";
import { HostLab } from "../../hosts/lab";
import { connect, disconnect } from "../../hosts/network";
import { type HostPlace, labPlace, type LabPlace } from "../../hosts/place";
import { until } from "../../neumann/harness";
import { checkPod } from "./check";
import { Container } from "./container";
import { hostnameOf, type PodFacts } from "./environment";
import type { Image } from "./images";
import { copyFolder, whileFrozen } from "./frozen";
import { type PodParts, restartPolicyOf, RunningPod } from "./pod";
import { ContainerRunner } from "./runner";
import { namespaceOf, type PodObject, type Surroundings } from "./spec";
import { makeVolumes, removeVolumes, type VolumePlace } from "./volumes";

/** What a lab of pods is started with. */
export interface PodLabOptions {
  /** What containers are made of, by the name that pods give it; called with a folder of the lab's for its layers. */
  images: (folder: string) => Readonly<Record<string, Image>>;
  surroundings: Surroundings;
  /** Wait before a container that failed is started again, doubled each time; a kubelet's is 10. @default 0.5 */
  backOffSeconds?: number;
  /** Told what takes long. */
  progress?: (line: string) => void;
}

/** Their addresses follow those of the hosts that a lab may have too. */
const firstAddress = 100;
const mostPods = 150;

/**
 * Runs pods for real, as a small kubelet: each in a network namespace of its own with an address, each container in
 * namespaces of its own with the file system of its image, volumes, user and rights as the pod's spec says.
 *
 * Pods know each other by the names that a headless service would give them. There is no seccomp profile, no limit of
 * resources, and no network policy.
 *
 * @example
 * const lab = await PodLab.start({ images, surroundings });
 * try {
 *   const pod = await lab.run(object);
 *   await pod.whenReady();
 * } finally {
 *   await lab.stop();
 * }
 */
export class PodLab {
  readonly pods: RunningPod[] = [];
  private readonly place: LabPlace;
  private readonly names = new Map<string, string>();
  private numbers = 0;

  private constructor(
    /** The network that pods are in: it offers them servers of this machine, and exposes theirs. */
    readonly network: HostLab,
    private readonly base: readonly string[],
    private readonly images: Readonly<Record<string, Image>>,
    private readonly options: PodLabOptions,
  ) {
    this.place = labPlace(network.folder);
    makeFolder(network.folder, "pods");
    this.writeNames();
  }

  /** Makes the network and the images. What killed labs left is removed first, and this one ends with its process. */
  static async start(options: PodLabOptions): Promise<PodLab> {
    const { progress = () => undefined } = options;
    const base = await imageLayers(progress);
    const network = await HostLab.start({ hosts: 0, progress });
    try {
      return new PodLab(network, base, options.images(makeFolder(network.folder, "images")), options);
    } catch (error) {
      await network.stop();
      throw error;
    }
  }

  /** Gives a name to an address: pods find it as they find each other. */
  name(name: string, address: string): void {
    this.names.set(name, address);
    this.writeNames();
  }

  /** Names are looked up in a file that all containers share: changed in place, so that all see it. */
  private writeNames(): void {
    const lines = [...this.names].map(([name, address]) => `${address} ${name}\n`);
    writeOpen(this.namesFile, `127.0.0.1 localhost\n${lines.join("")}`);
  }

  private get namesFile(): string {
    return path.join(this.place.folder, "hosts");
  }

  /** Starts a pod; resolves as soon as its volumes are made. */
  async run(pod: PodObject): Promise<RunningPod> {
    checkPod(pod);
    const number = (this.numbers += 1);
    if (number > mostPods) throw new Error(`a lab has at most ${mostPods} pods in its life`);
    const host = this.podPlace(pod, number);
    const facts: PodFacts = { pod, ip: host.address, surroundings: this.options.surroundings };
    const volumePlace: VolumePlace = { pod: path.join(host.folder, "volumes"), claim: this.claimFolder };
    const remove = async () => {
      await disconnect(this.place, host);
      removeVolumes(facts, volumePlace);
      rmSync(host.folder, { recursive: true, force: true });
      await removeCgroup(host.cgroup);
    };
    try {
      makeFolder(host.folder, "");
      await connect(this.place, host);
      const volumes = await makeVolumes(facts, volumePlace);
      return this.begin(host, facts, { volumes, remove });
    } catch (error) {
      await remove();
      throw error;
    }
  }

  private begin(
    host: HostPlace,
    facts: PodFacts,
    { volumes, remove }: { volumes: Awaited<ReturnType<typeof makeVolumes>>; remove: () => Promise<void> },
  ): RunningPod {
    const { pod } = facts;
    const runners: PodParts["runners"] = new Map(
      [...(pod.spec.initContainers ?? []), ...pod.spec.containers].map((spec) => {
        const container = new Container(spec, this.image(spec.image), {
          folder: path.join(host.folder, "containers", spec.name),
          cgroup: path.join(host.cgroup, spec.name),
          netns: host.netns,
          base: this.base,
          files: { "/etc/hosts": this.namesFile, "/etc/hostname": this.hostnameFile(host, pod) },
        });
        const runner = new ContainerRunner(container, restartPolicyOf(pod, spec.name), {
          facts,
          volumes,
          reach: (port) => this.reach(host.address, port),
          backOffSeconds: this.options.backOffSeconds ?? 0.5,
          graceSeconds: pod.spec.terminationGracePeriodSeconds ?? 30,
        });
        return [spec.name, runner];
      }),
    );
    for (const name of namesOf(pod)) this.name(name, host.address);
    const running: RunningPod = new RunningPod({
      facts,
      runners,
      cgroup: host.cgroup,
      remove: () => this.removed(running, remove),
    });
    this.pods.push(running);
    return running;
  }

  private async removed(pod: RunningPod, remove: () => Promise<void>): Promise<void> {
    this.pods.splice(this.pods.indexOf(pod), 1);
    for (const name of namesOf(pod.object)) if (this.names.get(name) === pod.address) this.names.delete(name);
    this.writeNames();
    await remove();
  }

  private image(name: string): Image {
    const found = this.images[name];
    if (found === undefined) throw new Error(`no image ${name}: there are ${Object.keys(this.images).join(", ")}`);
    return found;
  }

  private hostnameFile({ folder }: HostPlace, pod: PodObject): string {
    const file = path.join(folder, "hostname");
    writeOpen(file, `${hostnameOf(pod)}\n`);
    return file;
  }

  private podPlace(pod: PodObject, number: number): HostPlace {
    const { name, folder, subnet, cgroup } = this.place;
    const label = `pod${number}`;
    return {
      name: pod.metadata.name,
      folder: path.join(folder, "pods", label),
      address: `${subnet}.${firstAddress + number}`,
      root: "",
      netns: `${name}-${label}`,
      cgroup: path.join(cgroup, label),
      port: label,
      mac: `02:00:00:4d:01:${number.toString(16).padStart(2, "0")}`,
    };
  }

  private readonly doors = new Map<string, Promise<string>>();

  /** `host:port` of this machine's loopback at which a port of a pod is reached: at its address, not its loopback. */
  reach(address: string, port: number): Promise<string> {
    const key = `${address}:${port}`;
    const door = this.doors.get(key) ?? this.network.expose(address, port);
    this.doors.set(key, door);
    return door;
  }

  /** The folder of a claim: what its volume holds. */
  readonly claimFolder = (namespace: string, claim: string): string =>
    path.join(makeFolder(this.place.folder, `claims/${namespace}`), claim);

  /** Loses a claim's volume: the next pod that mounts it finds it empty. */
  wipe(namespace: string, claim: string): void {
    rmSync(this.claimFolder(namespace, claim), { recursive: true, force: true });
  }

  /** Copies what a claim's volume holds at one moment, as a storage system cuts a snapshot: nobody writes into it meanwhile. */
  copyClaim(namespace: string, claim: string, target: string): Promise<void> {
    const source = this.claimFolder(namespace, claim);
    if (!existsSync(source)) throw new Error(`claim ${claim} has no volume yet`);
    const users = this.pods.filter((pod) => pod.namespace === namespace && usesClaim(pod.object, claim));
    const groups = users.map((pod) => pod.cgroup);
    return whileFrozen(groups, () => copyFolder(source, target));
  }

  /** The folder of a copy that outlives the claim it was made of. */
  copyFolder(name: string): string {
    return path.join(makeFolder(this.place.folder, "copies"), name);
  }

  /** Makes a claim's volume out of such a copy; whatever it held is gone. */
  async fillClaim(namespace: string, claim: string, source: string): Promise<void> {
    this.wipe(namespace, claim);
    await copyFolder(source, this.claimFolder(namespace, claim));
  }

  /** Removes everything: pods, volumes, network. May be called again. */
  stop(): Promise<void> {
    return this.network.stop();
  }
}

function usesClaim({ spec }: PodObject, claim: string): boolean {
  return (spec.volumes ?? []).some((volume) => volume.persistentVolumeClaim?.claimName === claim);
}

/** What DNS would know a pod by. */
function namesOf(pod: PodObject): string[] {
  const { subdomain } = pod.spec;
  const service = subdomain === undefined ? [] : [`.${subdomain}.${namespaceOf(pod)}.svc.cluster.local`];
  return [hostnameOf(pod), ...service.map((suffix) => `${hostnameOf(pod)}${suffix}`)];
}

/** Removes a cgroup that nothing runs in any more, with those below it. */
async function removeCgroup(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  await until(`nothing runs in ${folder}`, () =>
    must(["find", folder, "-depth", "-type", "d", "-exec", "rmdir", "{}", "+"]).then(
      () => true,
      () => false,
    ),
  );
}
