import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Mistakes } from "../../model/mistakes";
import { type ArchiveSpec, checkArchive, type DirectoryLocation } from "../../model/reference";

const good: ArchiveSpec<DirectoryLocation> = {
  kind: "directory",
  location: "/mnt/backup",
  clusterId: "prod",
  offsite: { kind: "directory", location: "/mnt/offsite" },
};

function said(change: object): string[] {
  const mistakes = new Mistakes();
  checkArchive({ ...good, ...change }, "archive", mistakes);
  return mistakes.all.map((m) => `${m.path}: ${m.problem} (${JSON.stringify(m.received) ?? "nothing"}). ${m.remedy}`);
}

const offsite = (location: unknown): object => ({ offsite: { kind: "directory", location } });
const absolute = "Write the whole path, such as /mnt/backup/neumann.";

describe("checkArchive", () => {
  it("takes a good one, with and without off-site copy", () => {
    expect(said({})).toEqual([]);
    expect(said({ offsite: undefined })).toEqual([]);
  });

  it("names what is no cluster", () => {
    expect(said({ clusterId: "Prod!" })).toEqual([
      'archive.clusterId: is no name for a cluster ("Prod!"). Use lower-case letters, digits and dashes, at most 63, such as prod.',
    ]);
  });

  it.each(["backup", "./backup", "", "/", "/mnt/../etc", "~/backup"])("refuses the location %j", (location) => {
    expect(said({ location, offsite: undefined })).toEqual([
      `archive.location: must be an absolute path (${JSON.stringify(location)}). ${absolute}`,
    ]);
  });

  it("says so when a location is missing, of either place", () => {
    expect(said({ location: undefined })).toEqual([
      `archive.location: must be an absolute path (nothing). ${absolute}`,
    ]);
    expect(said(offsite(undefined))).toEqual([
      `archive.offsite.location: must be an absolute path (nothing). ${absolute}`,
    ]);
  });

  it("refuses a kind that it does not know", () => {
    expect(said({ kind: "tape", offsite: undefined })).toEqual([
      'archive.kind: is not known ("tape"). Use one of: directory, s3.',
    ]);
  });

  it.each(["/mnt/backup", "/mnt/backup/", "/mnt/backup/offsite", "/mnt", "/mnt//backup", "/mnt/./backup/x"])(
    "refuses an off-site copy that dies with the first archive: %s",
    (location) => {
      expect(said(offsite(location))).toEqual([
        `archive.offsite.location: shares the fate of the first archive ("${location}"). Choose a folder on another disk, outside the first.`,
      ]);
    },
  );

  it("takes a folder that only begins alike", () => {
    expect(said(offsite("/mnt/backup2"))).toEqual([]);
  });

  it("looks at the folders and not at the letters, whichever is the inner one", () => {
    const name = fc.stringMatching(/^[a-z]{1,3}$/);
    const folders = fc.array(name, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(folders, folders, (a, b) => {
        const shared = a.every((part, i) => b[i] === part) || b.every((part, i) => a[i] === part);
        const found = said({ location: `/${a.join("/")}`, ...offsite(`/${b.join("/")}`) });
        expect(found.length > 0).toBe(shared && (a.length <= b.length || b.length <= a.length));
      }),
    );
  });
});
