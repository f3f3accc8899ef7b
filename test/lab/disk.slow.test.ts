import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { LabDisk, whyNoDisks } from "../../lab/disk/disk";

const why = whyNoDisks();
if (why !== undefined) console.log(`skipped: disks that lose power: ${why}`);

/** Were these wrong, the kill points with power loss would show nothing. */
describe.skipIf(why !== undefined)("a disk that loses power", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "lab-disk-"));
  let disk: LabDisk;

  beforeEach(async () => {
    disk = await LabDisk.make(path.join(folder, "disk"), 32);
  });

  afterEach(() => disk.remove());

  afterAll(() => fs.rmSync(folder, { recursive: true }));

  const at = (name: string): string => path.join(disk.path, name);

  function write(name: string, synced: "content" | "nothing"): void {
    const file = fs.openSync(at(name), "w");
    try {
      fs.writeSync(file, `content of ${name}`);
      if (synced === "content") fs.fsyncSync(file);
    } finally {
      fs.closeSync(file);
    }
  }

  function syncFolder(): void {
    const handle = fs.openSync(disk.path, "r");
    fs.fsyncSync(handle);
    fs.closeSync(handle);
  }

  async function losePower(): Promise<void> {
    disk.cut();
    await disk.back();
  }

  it("keeps a file that was synced with its folder", async () => {
    write("synced", "content");
    syncFolder();
    await losePower();
    expect(fs.readFileSync(at("synced"), "utf8")).toBe("content of synced");
  });

  it("has nothing of a file that was not synced", async () => {
    write("unsynced", "nothing");
    expect(fs.existsSync(at("unsynced"))).toBe(true);
    await losePower();
    expect(fs.existsSync(at("unsynced"))).toBe(false);
  });

  it("has an empty file where only the name was synced", async () => {
    write("named", "nothing");
    syncFolder();
    await losePower();
    expect(fs.readFileSync(at("named"), "utf8")).toBe("");
  });

  it("forgets a rename and a removal that were not synced", async () => {
    for (const name of ["old", "gone"]) write(name, "content");
    syncFolder();
    fs.renameSync(at("old"), at("new"));
    fs.rmSync(at("gone"));
    await losePower();
    expect(fs.readdirSync(disk.path).sort()).toEqual(["gone", "old"]);
  });

  it("takes no more syncs after the cut, and works again afterwards", async () => {
    write("before", "content");
    syncFolder();
    disk.cut();
    expect(() => {
      for (;;) write("late", "content"); // The switch needs a moment.
    }).toThrow(/EIO|EROFS|ESHUTDOWN/);
    await disk.back();
    expect(fs.readFileSync(at("before"), "utf8")).toBe("content of before");
    write("again", "content");
    expect(fs.readFileSync(at("again"), "utf8")).toBe("content of again");
  });
});
