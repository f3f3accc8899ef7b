import fs from "node:fs";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import type { EmbeddedMetrics } from "../../model/aws/embeddedMetrics";
import { agent, makeArchive, scratch } from "./support";

const folder = scratch("emf");
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

it("status --emf prints lines for CloudWatch alone, also on a bad day", async () => {
  const archive = await makeArchive(path.join(folder, "place"));
  const data = path.join(folder, "data");
  fs.mkdirSync(path.join(data, "raft/wal"), { recursive: true });
  const node = {
    id: "node1",
    address: "127.0.0.1:7878",
    adminUrl: "http://127.0.0.1:9",
    configFile: path.join(folder, "config.toml"),
    dataDirectory: data,
    programDirectory: folder,
    serviceManager: "process",
  };
  fs.writeFileSync(node.configFile, `[node]\nid = "node1"\ndata_dir = "${data}"\n`);
  const config = { format: "neumann-agent/1", generation: "g1", node, archive, policy: {}, agentDirectory: folder };
  const file = path.join(folder, "agent.json");
  fs.writeFileSync(file, JSON.stringify(config));
  const ran = await agent(["--config", file, "--quiet", "status", "--emf"]);
  expect(ran).toMatchObject({ code: 4, stderr: "" });
  const lines = ran.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as EmbeddedMetrics);
  const ofNode = lines.find(({ objectives_kept }) => objectives_kept !== undefined);
  expect(ofNode).toMatchObject({ cluster: "prod", node: "node1", objectives_kept: 0, wal_lag_seconds: 0 });
  expect(ofNode?._aws.Timestamp).toBeGreaterThan(Date.now() - 60_000);
  expect(lines.find(({ place }) => place === "offsite")).toMatchObject({ archive_reachable: 1 });
});
