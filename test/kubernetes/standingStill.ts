import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { programsFolder, until } from "../../lab/neumann/harness";
import type { Writer } from "../../lab/neumann/writer";

/** Where: under the pause, for half a minute at most; or later, where the copy is checked. */
type Moment = "stats" | "verify-checksums";

/** A full backup that stands still, for a test to do its worst. */
export class StandingStill {
  readonly programDirectory: string;
  private readonly asked: string;

  /** `folder`: of the test. */
  constructor(folder: string) {
    this.programDirectory = path.join(folder, "waiting-programs");
    this.asked = path.join(folder, "stand-still");
    this.makePrograms();
  }

  /** The database's programs, of which one command waits where it is asked to; `stats` only under a pause. */
  private makePrograms(): void {
    fs.mkdirSync(this.programDirectory, { recursive: true });
    const real = (name: string): string => path.join(programsFolder(), name);
    fs.symlinkSync(real("neumann"), path.join(this.programDirectory, "neumann"));
    const paused = path.join(this.programDirectory, "paused");
    const script = `#!/bin/sh
case $1 in
pause-writes) : >"${paused}" ;;
resume-writes) rm -f "${paused}" ;;
esac
if [ -e "${this.asked}.$1" ] && { [ "$1" != stats ] || [ -e "${paused}" ]; }; then
  echo here >"${this.asked}.$1"
  while [ -e "${this.asked}.$1" ]; do sleep 0.2; done
fi
exec "${real("neumann-admin")}" "$@"
`;
    fs.writeFileSync(path.join(this.programDirectory, "neumann-admin"), script, { mode: 0o755 });
  }

  /** From now on. */
  ask(moment: Moment): void {
    fs.writeFileSync(`${this.asked}.${moment}`, "");
  }

  /** It goes on, and none stands still there any more. */
  letGo(moment: Moment): void {
    fs.rmSync(`${this.asked}.${moment}`);
  }

  /** Waits until one stands still. `log`: of the pods, for a message. */
  async reached(moment: Moment, log: () => string): Promise<void> {
    const here = () => fs.readFileSync(`${this.asked}.${moment}`, "utf8") === "here\n" || undefined;
    await until("a backup stands still", here, 60_000).catch((error: unknown) => {
      throw new Error(`${String(error)}: ${log()}`);
    });
  }
}

/** Writes rest. */
export async function nothingWritten(writer: Writer): Promise<void> {
  await sleep(500);
  const { acknowledged } = writer;
  await sleep(500);
  expect(writer.acknowledged).toBe(acknowledged);
}
