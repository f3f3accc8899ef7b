import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { afterAll, expect, it } from "vitest";
import { packTree, unpackTree } from "../../agent/host/tarball";
import { explain, WorldFault } from "../../agent/run/errors";
import { listenForSignals } from "../../agent/run/interrupt";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "interrupt-"));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const untouched = { progress: () => undefined };

/** A stored tarball that comes to a stop in the middle. */
async function stuck(): Promise<Readable> {
  const source = path.join(folder, "source");
  fs.mkdirSync(source);
  fs.writeFileSync(path.join(source, "file"), Buffer.alloc(1024 * 1024, "rows of a table\n"));
  const whole = Buffer.concat((await packTree(source, 3).toArray()) as Buffer[]);
  let sent = false;
  return new Readable({
    read() {
      if (!sent) this.push(whole.subarray(0, whole.length / 2));
      sent = true;
    },
  });
}

it("a program that is missing is no damage", async () => {
  const usual = process.env.PATH;
  process.env.PATH = folder;
  try {
    const work = unpackTree(Readable.from([Buffer.from("x")]), folder, untouched);
    await expect(work).rejects.toThrow(new WorldFault("zstd was not found. Install it or put it on PATH."));
  } finally {
    process.env.PATH = usual;
  }
});

// Last: whoever was asked to end stays so.
it("an end that somebody asked for is no damage, whoever is told of it first", async () => {
  listenForSignals();
  const into = path.join(folder, "into");
  fs.mkdirSync(into);
  const work = unpackTree(await stuck(), into, untouched).catch((error: unknown) => explain(error));
  setTimeout(() => process.emit("SIGHUP"), 100);
  expect(await work).toEqual({ exitCode: 4, message: "stopped by SIGHUP; run the same command again" });
});
