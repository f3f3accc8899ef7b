import http from "node:http";
import { afterAll, beforeAll, expect, it } from "vitest";
import { idleMs, S3Http } from "../../agent/archive/s3/http";
import { until } from "../../lab/neumann/harness";

let server: http.Server;

beforeAll(async () => {
  server = http.createServer((_request, response) => response.end("found"));
  // A store that closes nothing by itself.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const connections = () => new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count)));

it("a connection to a store is used again, and closed when nobody does: a program that stays keeps none", async () => {
  const { port } = server.address() as { port: number };
  const location = { kind: "s3" as const, bucket: "b", region: "eu-central-1", endpoint: `http://127.0.0.1:${port}` };
  const keys = () => Promise.resolve({ accessKeyId: "a", secretAccessKey: "s" });
  const store = new S3Http(location, keys);
  for (let time = 0; time < 3; time++) {
    expect(await store.read(await store.send({ method: "GET", key: "k", headers: {} }))).toBe("found");
  }
  expect(await connections()).toBe(1);
  await until("it is closed", async () => (await connections()) === 0, idleMs + 3000);
});
