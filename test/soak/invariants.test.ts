import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, afterEach, expect, it, vi } from "vitest";
import { valueOf, Writer } from "../../lab/neumann/writer";
import { differences, none, NothingGoes, WritesAreTaken } from "./invariants";

/** What the soak watches for is noticed when it happens. */
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "invariants-"));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
afterEach(() => void vi.useRealTimers());

it("an object that changed, and one that went, are found; one that came is none of them", () => {
  const archive = path.join(folder, "archive");
  const file = (name: string) => path.join(archive, name);
  fs.mkdirSync(file("a"), { recursive: true });
  for (const name of ["a/kept", "a/changed", "a/gone", "a/rotten"]) fs.writeFileSync(file(name), name);
  const watch = new NothingGoes([archive]);
  expect(watch.look(false)).toEqual([]);
  fs.writeFileSync(file("a/new"), "new");
  fs.writeFileSync(file("a/.neumann-backup-tmp-1"), "unfinished");
  expect(watch.look(false)).toEqual([]);
  fs.writeFileSync(file("a/changed"), "another");
  fs.rmSync(file("a/gone"));
  const { atime, mtime } = fs.statSync(file("a/rotten"));
  fs.writeFileSync(file("a/rotten"), "A/rotten");
  fs.utimesSync(file("a/rotten"), atime, mtime);
  const problems = [`${file("a/changed")} has another content`, `${file("a/gone")} is gone`];
  expect(new Set([...watch.look(false), ...watch.look(true)])).toEqual(
    new Set([...problems, `${file("a/rotten")} has another content`]),
  );
});

it("writes that rest for longer than the pause and 30 s are told of, once the client has tried other nodes", () => {
  vi.useFakeTimers();
  const problems: string[] = [];
  const writer = { acknowledged: 0, interrupt: vi.fn() };
  const watch = new WritesAreTaken(writer as unknown as Writer, (problem) => problems.push(problem));
  vi.advanceTimersByTime(30_000);
  writer.acknowledged = 1;
  vi.advanceTimersByTime(34_000);
  expect(problems).toEqual([]);
  expect(writer.interrupt.mock.calls.length).toBeGreaterThan(5);
  vi.advanceTimersByTime(2000);
  watch.stop();
  expect(problems[0]).toBe("no row was acknowledged for 35 s");
});

it("rows are held against the notes as protocol 31 says", () => {
  const writer = new Writer({ nodes: () => [] });
  const note = (k: number, sentAt: number, acknowledgedAt: number | undefined) => {
    const made = { k, sentAt, acknowledgedAt };
    writer.notes.push(made);
    (writer as unknown as { byNumber: Map<number, typeof made> }).byNumber.set(k, made);
    return made;
  };
  const [before, across, unknown, after] = [
    note(1, 10, 20),
    note(2, 90, 110),
    note(3, 80, undefined),
    note(4, 101, 120),
  ];
  const rows = (...ks: number[]) => ks.map((k) => valueOf(k));
  for (const there of [[1], [1, 2], [1, 3], [1, 2, 3]]) expect(differences(writer, rows(...there), 100)).toEqual(none);
  expect([across, unknown]).toHaveLength(2);
  expect(differences(writer, rows(2), 100)).toEqual({ ...none, lost: [before] });
  expect(differences(writer, rows(1, 4), 100)).toEqual({ ...none, tooMuch: [after] });
  expect(differences(writer, rows(1, 1), 100)).toEqual({ ...none, double: [1] });
  expect(differences(writer, [...rows(1), "row-2-other."], 100)).toEqual({ ...none, wrong: [2] });
});
