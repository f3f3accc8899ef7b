import { once } from "node:events";
import { Command } from "commander";
import { imageLayers } from "./image";
import { HostLab } from "./lab";
import { whyNoHosts } from "./needs";
import { sweep } from "./owner";
import { labsFolder } from "./place";

const say = (line: string) => process.stderr.write(`${line}\n`);

/** Builds the image where hosts can be had: tests that have hosts need not wait for it then. */
async function image(): Promise<void> {
  const why = whyNoHosts();
  if (why !== undefined) say(`no hosts on this machine: ${why}`);
  else await imageLayers(say);
}

/** Hosts to look at. */
async function up(number: string): Promise<void> {
  const lab = await HostLab.start({ hosts: Number(number), progress: say });
  // Waiting for a signal keeps no process alive.
  const alive = setInterval(() => undefined, 60_000);
  try {
    const logins = lab.hosts.map((host) => lab.insideCommand(host.sshCommand("")).slice(0, -2).join(" "));
    process.stdout.write(`${logins.join("\n")}\nCtrl-C removes them.\n`);
    await Promise.race(["SIGINT", "SIGTERM"].map((name) => once(process, name)));
  } finally {
    clearInterval(alive);
    await lab.stop();
  }
}

async function removeLeft(): Promise<void> {
  for (const folder of await sweep(labsFolder)) say(`removed ${folder}`);
}

async function main(): Promise<void> {
  const program = new Command("hosts").description("Throw-away Linux hosts: docs/lab-hosts.md.");
  program.command("image").description("builds the image, unless it is there").action(image);
  program.command("up").argument("[number]", "how many", "3").description("hosts until Ctrl-C").action(up);
  program.command("sweep").description("removes what killed labs left").action(removeLeft);
  await program.parseAsync();
}

main().catch((error: unknown) => {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
});
