import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { agentProgram } from "../../scripts/agentProgram.mjs";
import { agent, type AnyHost, at, complaint, endSchedule, installSpec, type Ran } from "../agent/support";
import { type Act, type PlannedRun, randomOf } from "./schedule";
import type { World } from "./world";

/** What may be the end of a command while anything may fail: never a fault of the program, of the user, or a refusal. */
const allowed: readonly (number | null)[] = [0, 4, 75, null];
/** Commands at once: more would only wait for the processor. */
const mostRuns = 4;

/** Lets the acts of a schedule happen. */
export class Faults {
  /** How many ended how, by command. */
  readonly ended = new Map<string, number>();
  private readonly running = new Map<number, Promise<void>>();
  private readonly others: Promise<void>[] = [];
  private readonly began = Date.now();
  private generation = 1;
  private newer: { program: string; sha256: string } | undefined;
  /** When what arrived at a client may have been another thing than what was stored. */
  private spoiledUntil = 0;

  constructor(
    private readonly world: World,
    private readonly fail: (problem: string) => void,
  ) {}

  perform(act: Act): void {
    this.say(act);
    const work = this.work(act).catch((error: unknown) => this.fail(`${act.kind}: ${String(error)}`));
    if (act.kind !== "run") this.others.push(work);
  }

  /** Every fault is over; what still runs is killed: one more fault, and the last. */
  async over(): Promise<void> {
    await Promise.all(this.others);
    for (const pid of this.running.keys()) killGroup(pid);
    await Promise.all(this.running.values());
    this.world.proxy.fault = () => undefined;
  }

  private say(act: Act): void {
    const seconds = ((Date.now() - this.began) / 1000).toFixed(1).padStart(6);
    process.stderr.write(`${seconds} s ${JSON.stringify({ ...act, at: undefined })}\n`);
  }

  private work(act: Act): Promise<void> {
    switch (act.kind) {
      case "kill-node":
        return this.killNode(act);
      case "stop-leader":
        return this.stopLeader(act);
      case "archive":
        return this.spoilArchive(act);
      case "install":
        return this.install(act);
      case "age":
        return Promise.resolve(this.world.expiry.age(act.newest));
      case "lifecycle":
        return this.world.expiry.lifecycle(act.share, act.seed).then(() => undefined);
      case "run":
        return Promise.all(act.runs.map((run) => this.run(run))).then(() => undefined);
    }
  }

  private async killNode(act: Extract<Act, { kind: "kill-node" }>): Promise<void> {
    const node = this.world.cluster.nodes[act.node]!;
    await node.stop("SIGKILL");
    await rest(act.forMs);
    await node.start();
  }

  private async stopLeader(act: Extract<Act, { kind: "stop-leader" }>): Promise<void> {
    const leader = await this.world.leader();
    const node = this.world.cluster.nodes.find(({ id }) => id === leader?.node.id);
    node?.signal("SIGSTOP");
    await rest(act.forMs);
    node?.signal("SIGCONT");
  }

  private async spoilArchive({ fault, share, seed, forMs }: Extract<Act, { kind: "archive" }>): Promise<void> {
    const random = randomOf(seed);
    const { proxy } = this.world;
    proxy.fault = () => (random() < share ? fault : undefined);
    if (fault.download === "flip") this.spoiledUntil = Infinity;
    await rest(forMs);
    proxy.fault = () => undefined;
    if (fault.download === "flip") this.spoiledUntil = Date.now();
  }

  /** By turns with another version of the agent: the data of one serve the other. */
  private async install({ node }: Extract<Act, { kind: "install" }>): Promise<void> {
    const host = this.world.hosts[node]!;
    this.generation += 1;
    const spec = installSpec(host, { generation: `g${this.generation}` });
    const other = this.generation % 2 === 0 ? this.another() : undefined;
    const options =
      other === undefined ? { spec } : { spec: { ...spec, sha256: other.sha256 }, program: other.program };
    this.count("install", await agent(["--json", "install"], options));
    await endSchedule(host);
  }

  private another(): { program: string; sha256: string } {
    if (this.newer !== undefined) return this.newer;
    const content = agentProgram("0.0.1-soak");
    const program = path.join(this.world.folder, "newer.cjs");
    fs.writeFileSync(program, content);
    this.newer = { program, sha256: createHash("sha256").update(content).digest("hex") };
    return this.newer;
  }

  private async run({ words, on, killAfterMs }: PlannedRun): Promise<void> {
    if (this.running.size >= mostRuns) return;
    const host = on === "leader" ? await this.world.leader() : this.world.hosts[on];
    if (host === undefined) return;
    const began = Date.now();
    let pid = 0;
    const work = agent([...at(host), "--json", ...words], {
      program: installed(host),
      started: (child) => {
        pid = child.pid ?? 0;
        if (killAfterMs === undefined) return;
        const timer = setTimeout(() => killGroup(pid), killAfterMs);
        child.once("exit", () => clearTimeout(timer));
      },
    }).then((ran) => this.judge(words[0]!, ran, began));
    this.running.set(pid, work);
    await work.finally(() => this.running.delete(pid));
  }

  private judge(command: string, ran: Ran, began: number): void {
    this.count(command, ran);
    const misread = ran.code === 5 && began < this.spoiledUntil;
    if (allowed.includes(ran.code) || misread) return;
    this.fail(`${command} ended with ${ran.code}: ${complaint(ran)} ${ran.stdout}`);
  }

  private count(command: string, { code }: Ran): void {
    const name = `${command} ${code ?? "killed"}`;
    this.ended.set(name, (this.ended.get(name) ?? 0) + 1);
  }
}

/** What a person would start on that host. */
function installed(host: AnyHost): string {
  return path.join(host.agentDirectory, "neumann-backup.cjs");
}

function killGroup(pid: number): void {
  if (pid <= 1) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

export function rest(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
