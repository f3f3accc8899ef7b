import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { afterAll, afterEach, expect, it, vi } from "vitest";
import { valueOf, Writer } from "../../lab/neumann/writer";
import { segmentName } from "../../model/layout";
import { idOf } from "../model/fixtures";
import { Expiry, restorableFrom } from "./expiry";
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

it("what goes is judged by its age, by what a prune has said, and by the backups that are left", () => {
  const [primary, away] = [path.join(folder, "bucket"), path.join(folder, "away")] as const;
  const put = (name: string, content: unknown, minutesAgo: number, place = primary): string => {
    const file = path.join(place, "prod", name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, JSON.stringify(content));
    const seconds = Date.now() / 1000 - minutesAgo * 60;
    fs.utimesSync(file, seconds, seconds);
    return file;
  };
  const backup = (tier: string, number: number, minutesAgo: number, place = primary): string[] => {
    const backupId = idOf(number);
    const anchors = [{ stream: "s1", segment: segmentName(BigInt(number)) }];
    const made = { backupId, copiedAt: new Date(number * 1000).toISOString(), wal: { anchors } };
    const data = put(`${tier}/data/l-one/${backupId}/data.tar.zst`, "data", minutesAgo, place);
    return [put(`${tier}/manifest/l-one/${backupId}.json`, made, minutesAgo, place), data];
  };
  const log = [0, 1, 2, 3, 4].map((n) => put(`wal/l-one/s1/${segmentName(BigInt(n))}`, n, 20 - n));
  const [first, second, third] = [backup("full", 1, 10), backup("full", 2, 8), backup("full", 3, 1)];
  const [snapshot, offsite] = [backup("snapshots", 2, 9), backup("offsite", 1, 9, away)];
  const mark = put("records/watermarks/l-one/m.json", {}, 9);
  const expiry = new Expiry([primary, away], { name: "b", prefix: "backup", client: new S3Client({}) });
  const problems = (...gone: (string | undefined)[]) =>
    expiry.problems(gone.map(String)).map((text) => text.slice(text.indexOf(": ") + 2));
  const young = "it was younger than the policy says";
  expect(problems(first[0])).toEqual([young]);
  expiry.age(1);
  expect(Date.now() - fs.statSync(first[0]!).mtimeMs).toBeGreaterThan(365 * 86_400_000);
  expect(problems(first[0], log[0], mark)).toEqual(["no prune has said so", "no prune has said so"]);
  expect(problems(third[0], put("records/lineages/l-one.json", {}, 10))).toEqual([young, young]);
  const keys = (files: string[]) => files.map((file) => path.relative(primary, file));
  const announced = {
    manifests: keys([first[0]!, snapshot[0]!]),
    data: keys([first[1]!, second[1]!]),
    segments: keys(log),
  };
  put("records/expired/p1.json", announced, 0);
  put("records/expired/p1.done.json", {}, 0);
  expect(restorableFrom(primary)).toBe(2000);
  fs.rmSync(snapshot[0]!);
  expect(problems(first[0], first[1], `${first[1]}.meta`, log[0], log[1], mark)).toEqual([]);
  expect(problems(second[1], log[2])).toEqual(["its backup is listed", `${idOf(2)} needs it`]);
  expect(problems(snapshot[0])).toEqual(["it was the last of its tier"]);
  const all = { manifests: [path.relative(away, offsite[0]!)], data: [], segments: [] };
  fs.mkdirSync(path.join(away, "prod/records/expired"), { recursive: true });
  fs.writeFileSync(path.join(away, "prod/records/expired/p1.json"), JSON.stringify(all));
  expect(problems(offsite[0])).toEqual(["no backup is left in its archive"]);
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
