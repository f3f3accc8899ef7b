import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { must } from "../../hosts/command";
import { readText } from "../../hosts/files";
import { until } from "../../neumann/harness";

/** Does some work while no process of these cgroups runs. They go on afterwards, whatever happens. */
export async function whileFrozen(groups: readonly string[], work: () => Promise<void>): Promise<void> {
  const freeze = (value: "0" | "1") =>
    groups.forEach((group) => writeFileSync(path.join(group, "cgroup.freeze"), value));
  const still = (group: string) => readText(path.join(group, "cgroup.events")).includes("frozen 1");
  try {
    freeze("1");
    await until("the processes stand still", () => groups.every(still));
    await work();
  } finally {
    freeze("0");
  }
}

/** A copy that shares nothing with its source, with owners and rights; it is there as a whole or not at all. */
export async function copyFolder(source: string, target: string): Promise<void> {
  const temporary = `${target}.part`;
  rmSync(temporary, { recursive: true, force: true });
  await must(["cp", "-a", source, temporary]);
  await must(["mv", "-T", temporary, target]);
}
