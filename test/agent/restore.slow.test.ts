import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { programsFolder, until } from "../../lab/neumann/harness";
import { archiveCopy, backups, hosts, manifestFile, nothingInPlace, recovery, rows, writer } from "./restoreCases";
import {
  admin,
  complaint,
  contentsOf,
  endAll,
  filesBelow,
  freshHost,
  type Host,
  must,
  mustPhase,
  nodeSpec,
  phase,
  recoveryOf,
} from "./support";

describe("a plan is made once and holds (protocol 21)", () => {
  it("restores what was shown, once: state lost, address changed, library upgraded", async () => {
    const { host, spec, directory } = await recovery();
    // Whoever looks at it before there is a first archive sees the same plan.
    const archive = { ...host.archive, location: "/var/empty/no-archive" };
    expect((await must<{ digest: string }>(["plan"], { spec: { ...spec.plan, archive } })).digest).toBe(
      spec.planDigest,
    );
    const done = await mustPhase("first", host, spec);
    expect(done).toMatchObject({ state: "restored", nodeId: "node1", recoveryId: "r1" });
    const { lost, wrong } = writer.compare((await rows(host)).filter((row) => !/^row-1000\d\d/.test(row)));
    expect({ lost, wrong }).toEqual({ lost: [], wrong: [] });
    expect(await rows(host)).toHaveLength(1050);
    const inode = fs.statSync(path.join(host.node.dataDirectory, "store")).ino;
    // Again, from a fresh plan as after a lost state.
    const again = (await recoveryOf([host]))(host);
    expect(again.planDigest).toBe(spec.planDigest);
    expect(await mustPhase("first", host, again)).toMatchObject({ state: "restored", index: done.index });
    // A new disk under the first node of a recovery that is done never restores again (protocol 26).
    await must(["node-delete"], { spec: nodeSpec(host) });
    fs.renameSync(host.node.dataDirectory, path.join(directory, "lost-disk"));
    fs.mkdirSync(host.node.dataDirectory);
    expect(await mustPhase("first", host, spec)).toMatchObject({ state: "restored" });
    expect(filesBelow(host.node.dataDirectory)).toEqual([]);
    fs.rmdirSync(host.node.dataDirectory);
    fs.renameSync(path.join(directory, "lost-disk"), host.node.dataDirectory);
    expect(fs.statSync(path.join(host.node.dataDirectory, "store")).ino).toBe(inode);
  });

  it("refuses when a newer backup came between the plan and its execution", async () => {
    const { archive, away, directory } = await archiveCopy();
    const hidden = path.join(directory, "hidden.json");
    fs.renameSync(manifestFile(away, backups[1]!), hidden);
    const host = await freshHost(directory, "node1", { archive });
    const spec = (await recoveryOf([host]))(host);
    const lineage = path.basename(path.dirname(manifestFile(away, backups[0]!)));
    fs.renameSync(hidden, path.join(away, "prod/offsite/manifest", lineage, `${backups[1]}.json`));
    const ran = await phase("first", host, spec);
    expect(ran.code).toBe(3);
    expect(complaint(ran)).toMatch(
      new RegExp(
        `the archive has changed since the plan was shown: shown ${spec.planDigest}, now [0-9a-f]{64} \\(backup ${backups[1]}\\)`,
      ),
    );
    expect(filesBelow(host.node.dataDirectory)).toEqual([]);
    expect(filesBelow(path.join(away, "prod/records/recoveries"))).toEqual([]);
  });

  it("refuses another restore point, another first node and an unapproved digest under a used id", async () => {
    const { away, host, spec, directory } = await recovery();
    await phase("first", host, spec, { failpoint: "restore-first/pin:after" });
    const other = { ...spec, plan: { ...spec.plan, restorePoint: `backup:${backups[0]}` } };
    const changed = await phase("first", host, other);
    expect(changed.code).toBe(3);
    expect(complaint(changed)).toContain(
      `recovery r1 was begun with restore point latest-offsite and cannot be continued with backup:${backups[0]}. Use a new recoveryId for another restore point.`,
    );
    const second = await freshHost(directory, "node2", { archive: host.archive });
    const members = [{ id: "node2", address: second.node.address }];
    const stolen = await phase("first", second, { ...spec, node: "node2", members });
    expect(stolen.code).toBe(3);
    expect(complaint(stolen)).toContain("recovery r1 is pinned to another plan or another first node");
    expect(filesBelow(second.node.dataDirectory)).toEqual([]);
    const approved = { ...spec.plan, approvedPlanDigest: "0".repeat(64) };
    const unapproved = await phase("first", host, { ...spec, plan: approved });
    expect(unapproved.code).toBe(3);
    expect(complaint(unapproved)).toContain("the plan is not the one that was approved");
    expect(filesBelow(path.join(away, "prod/records/recoveries"))).toEqual(["r1/plan.json"]);
  });

  it("keeps its plan when newer backups come after it was pinned", async () => {
    const { archive, away, directory } = await archiveCopy();
    const hidden = path.join(directory, "hidden.json");
    const visible = manifestFile(away, backups[1]!);
    fs.renameSync(visible, hidden);
    const host = await freshHost(directory, "node1", { archive });
    hosts.push(host);
    const spec = (await recoveryOf([host]))(host);
    await phase("first", host, spec, { failpoint: "restore-first/fetch:after" });
    fs.renameSync(hidden, visible);
    await mustPhase("first", host, spec);
    expect(await rows(host)).toHaveLength(1000);
  });
});

describe("the target is recognised (I5)", () => {
  it("a folder that is not empty is refused and left as it is", async () => {
    const found = await recovery();
    fs.mkdirSync(path.join(found.host.node.dataDirectory, "store"));
    fs.writeFileSync(path.join(found.host.node.dataDirectory, "store/precious"), "x");
    const before = contentsOf(found.host.node.dataDirectory);
    const ran = await phase("first", found.host, found.spec);
    expect(ran.code).toBe(3);
    expect(complaint(ran)).toBe(
      `${found.host.node.dataDirectory} on node1 is not empty: it holds 1 file, such as store/precious. A recovery goes onto empty nodes; nothing was touched.`,
    );
    expect(contentsOf(found.host.node.dataDirectory)).toEqual(before);
  });

  it("a node without the database's programs is refused at once, before anything is fetched", async () => {
    const { archive, directory } = await archiveCopy();
    const programDirectory = path.join(directory, "programs");
    fs.mkdirSync(programDirectory);
    fs.symlinkSync(path.join(programsFolder(), "neumann-admin"), path.join(programDirectory, "neumann-admin"));
    const host = await freshHost(directory, "node1", { archive, programDirectory });
    const began = Date.now();
    const ran = await phase("first", host, (await recoveryOf([host]))(host));
    expect(ran.code, complaint(ran)).toBe(3);
    expect(complaint(ran)).toBe(
      `node1 has no neumann in ${programDirectory}. Install the database on it, or correct programDirectory. Nothing was touched.`,
    );
    expect(Date.now() - began).toBeLessThan(30_000);
    expect(filesBelow(host.node.dataDirectory)).toEqual([]);
  });

  it("a running node is refused, also one that other hands started; a stopped one for its data", async () => {
    const found = await recovery();
    await must(["node-create"], { spec: nodeSpec(found.host, { bootstrap: true, start: true }) });
    const ran = await phase("first", found.host, found.spec);
    expect(ran.code).toBe(3);
    expect(complaint(ran)).toContain("a database runs on node1");
    fs.rmSync(path.join(found.directory, "node1/etc/neumann.pid"));
    const unseen = await phase("first", found.host, found.spec);
    expect(unseen.code).toBe(3);
    expect(complaint(unseen)).toContain(`a database runs on node1 (${found.host.node.adminUrl})`);
    expect((await admin(found.host, ["cluster-status"])).code).toBe(0);
    await endAll();
    expect(complaint(await phase("first", found.host, found.spec))).toContain("is not empty");
  });

  it("another recovery's data, its broken-off swap and a foreign specification are refused", async () => {
    const found = await recovery();
    await mustPhase("first", found.host, found.spec);
    await must(["node-delete"], { spec: nodeSpec(found.host) });
    const other = (await recoveryOf([found.host], { recoveryId: "r2" }))(found.host);
    const ran = await phase("first", found.host, other);
    expect(ran.code).toBe(3);
    expect(complaint(ran)).toContain("holds the data of recovery r1 (restored); recovery r2 does not touch it");
    const wrong = await phase("first", found.host, { ...other, node: "node2" });
    expect(wrong.code).toBe(3);
    expect(complaint(wrong)).toContain("this agent serves node node1, but the recovery was sent to node2");
  });

  it("a swap that another recovery began is never finished for it", async () => {
    const found = await recovery();
    const journal = path.join(found.host.node.dataDirectory, ".neumann-backup-swap.json");
    fs.writeFileSync(journal, JSON.stringify({ format: "neumann-swap/1", recoveryId: "r0", moves: [] }));
    const ran = await phase("first", found.host, found.spec);
    expect(ran.code).toBe(3);
    expect(complaint(ran)).toContain("recovery r0 was broken off on node1 while it put data in place");
    expect(fs.existsSync(journal)).toBe(true);
  });

  it("two recoveries at once on one node: one waits, and one alone restores", async () => {
    const found = await recovery();
    const other = (await recoveryOf([found.host], { recoveryId: "r2" }))(found.host);
    const [one, two, same] = await Promise.all([
      phase("first", found.host, found.spec),
      phase("first", found.host, other),
      phase("first", found.host, found.spec),
    ]);
    const codes = [one.code, two.code, same.code];
    expect(codes.filter((code) => code === 0).length).toBeGreaterThanOrEqual(1);
    for (const code of codes) expect([0, 3, 75]).toContain(code);
    expect(await rows(found.host)).toHaveLength(1050);
    const records = filesBelow(path.join(found.away, "prod/records/recoveries")).filter((f) =>
      f.endsWith("restored.json"),
    );
    expect(records).toHaveLength(1);
  });

  it("a join needs an empty node and a restored first one, and never the first itself", async () => {
    const { directory, archive } = await archiveCopy();
    for (const id of ["node1", "node2"]) hosts.push(await freshHost(directory, id, { archive }));
    const [one, two] = hosts as [Host, Host];
    const spec = await recoveryOf(hosts);
    const early = await phase("join", two, spec(two));
    expect(early.code).toBe(3);
    expect(complaint(early)).toContain("has no restored first node yet: an empty node must not start before it");
    for (const name of ["release", "base", "accept"]) expect((await phase(name, two, spec(two))).code).toBe(3);
    await mustPhase("first", one, spec(one));
    expect(complaint(await phase("join", one, spec(one)))).toContain("it restores and joins nobody");
    fs.mkdirSync(path.join(two.node.dataDirectory, "store"));
    fs.writeFileSync(path.join(two.node.dataDirectory, "store/old"), "x");
    const full = await phase("join", two, spec(two));
    expect(full.code).toBe(3);
    expect(complaint(full)).toContain(
      "is not empty: it holds store/old. Only an empty node joins; nothing was touched.",
    );
    fs.rmSync(path.join(two.node.dataDirectory, "store"), { recursive: true });
    await mustPhase("join", two, spec(two));
    expect(await rows(two)).toHaveLength(1050);
    // Not accepted before there is a base backup, and nothing flows before the release.
    await mustPhase("accept", one, spec(one)).then(
      () => expect.unreachable("accepted without a base backup"),
      (error: unknown) => expect(String(error)).toContain("no good base backup yet"),
    );
    expect(filesBelow(path.join(archive.location, "prod/wal"))).toEqual([]);
    for (const host of hosts) await mustPhase("release", host, spec(host));
    await until(
      "a base backup",
      async () => {
        for (const host of hosts) if ((await phase("base", host, spec(host))).code !== 0) return undefined;
        return (await phase("accept", one, spec(one))).code === 0 || undefined;
      },
      60_000,
    );
    expect(await mustPhase("accept", one, spec(one))).toMatchObject({ state: "accepted" });
    // The new history is the one that `latest` means now.
    const { plan } = await must<{ plan: { source: { lineage: string } } }>(["plan"], {
      spec: { ...spec(one).plan, recoveryId: "next", restorePoint: "latest" },
    });
    const status = await mustPhase("status", one, spec(one));
    expect(plan.source.lineage).toBe(status.lineage);
  });
});

describe("the world fails in the middle", () => {
  it("an archive that goes away during the fetch: nothing in place; with it back the same command ends well", async () => {
    const found = await recovery();
    const away = `${found.away}.gone`;
    const ran = await phase("first", found.host, found.spec, {
      started: (child) =>
        child.stderr?.on("data", (text: Buffer) => {
          if (String(text).includes('"step":"gate"') && fs.existsSync(found.away)) fs.renameSync(found.away, away);
        }),
    });
    expect(ran.code, complaint(ran)).toBe(4);
    await nothingInPlace(found);
    fs.renameSync(away, found.away);
    await mustPhase("first", found.host, found.spec);
    expect(await rows(found.host)).toHaveLength(1050);
  });

  it("without the off-site archive, where the records are, nothing is restored", async () => {
    const found = await recovery();
    fs.renameSync(found.away, `${found.away}.gone`);
    const ran = await phase("first", found.host, found.spec);
    expect(ran.code).toBe(4);
    expect(complaint(ran)).toContain("the offsite archive, where the records of recoveries lie, cannot be read");
    expect(filesBelow(found.host.node.dataDirectory)).toEqual([]);
  });

  it("another cluster's archive is refused", async () => {
    const found = await recovery();
    const plan = { ...found.spec.plan, archive: { ...found.spec.plan.archive, clusterId: "other" } };
    const ran = await phase("first", found.host, { ...found.spec, plan });
    expect(ran.code).toBe(4);
    expect(complaint(ran)).toContain(
      "is not the primary archive of cluster other: other/records/archive.json is missing",
    );
  });

  it.skipIf(process.getuid?.() !== 0)("a full disk: nothing in place, and room makes it go on", async () => {
    const { directory, archive } = await archiveCopy();
    const host = await freshHost(directory, "node1", { archive });
    hosts.push(host);
    const spec = (await recoveryOf([host]))(host);
    const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", host.node.dataDirectory]);
    if (mounted.status !== 0) return console.log("skipped: no small disk can be mounted here");
    try {
      const ran = await phase("first", host, spec);
      expect(ran.code).toBe(4);
      expect(complaint(ran)).toMatch(/has .* free; this recovery needs .* Use a larger disk\./);
      await nothingInPlace({ directory, away: "", host, spec });
      spawnSync("mount", ["-o", "remount,size=200m", host.node.dataDirectory]);
      await mustPhase("first", host, spec);
      expect(await rows(host)).toHaveLength(1050);
      await must(["node-delete"], { spec: nodeSpec(host) });
    } finally {
      spawnSync("umount", ["-l", host.node.dataDirectory]);
    }
  });
});
