import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { configTemplate, type ConfigValues } from "../../model/configTemplate";

const plain = { encrypted: false };
const ordinary = {
  node: { id: "node1", data_dir: "/var/lib/neumann", bind_address: "10.0.0.1:7878" },
  cluster: { name: "prod", peers: ["10.0.0.2:7878"] },
  raft: { election_timeout_min_ms: 150, snapshot_interval: 10_000 },
  wal: { archive_command: "/agent wal-push %p %f", archive_timeout: 60 },
  storage: { wal_sync_mode: "fsync" },
  metrics: { bind_address: "127.0.0.1:9090" },
};

describe("a configuration's template", () => {
  it("is without what is one node's own", () => {
    const { values, removed } = configTemplate(ordinary, plain);
    expect(values).toEqual({
      node: { data_dir: "/var/lib/neumann" },
      cluster: { name: "prod" },
      raft: { election_timeout_min_ms: 150, snapshot_interval: 10_000 },
      storage: { wal_sync_mode: "fsync" },
    });
    expect(removed).toEqual([
      "node.id",
      "node.bind_address",
      "cluster.peers",
      "wal.archive_command",
      "wal.archive_timeout",
      "metrics.bind_address",
    ]);
  });

  it("is the same for every node that differs in nothing else", () => {
    const other = { ...ordinary, node: { ...ordinary.node, id: "node2", bind_address: "10.0.0.2:7878" } };
    expect(configTemplate(other, plain)).toEqual(configTemplate(ordinary, plain));
  });

  const unknown: [string, unknown][] = [
    ["password", "hunter2"],
    ["adminPassword", "hunter2"],
    ["api-key", "hunter2"],
    ["token", 123_456],
    ["auth", true],
    ["secret_file", "/abc+def="],
    ["passwords", ["hunter2"]],
    ["credentials", { user: "admin", value: "hunter2" }],
    ["comment", "postgres://admin:hunter2@db.internal/x"],
    ["comment", "-----BEGIN PRIVATE KEY-----\nhunter2"],
    ["comment", ["fine", "AGE-SECRET-KEY-1HUNTER2"]],
    ["comment", "AKIAIOSFODNN7EXAMPLE"],
    ["comment", "wJalrXUtnFEMI0K7MDENGbPxRfiCYEXAMPLEKEY"],
    ["comment", "Bearer hunter2"],
    ["password.prod", "hunter2"],
  ];

  it.each(unknown)("is without a key of the user's that looks like a secret: %s = %j", (key, value) => {
    const { values, removed } = configTemplate({ tls: { [key]: value, kept: 1 } }, plain);
    expect(values).toEqual({ tls: { kept: 1 } });
    expect(removed).toEqual([`tls.${key}`]);
  });

  it("is without them however deep they lie", () => {
    const users = [{ name: "a", password: "hunter2" }, { password: "hunter2" }];
    const { values, removed } = configTemplate({ users, more: { deep: { pin: 1234 } } }, plain);
    expect(values).toEqual({ users: [{ name: "a" }] });
    expect(removed).toEqual(["users[0].password", "users[1].password", "more.deep.pin"]);
  });

  it("keeps what is the user's and no secret", () => {
    const since = new Date("2026-11-23T00:00:00Z");
    const tls = { cert_file: "/etc/neumann/tls.pem", key_file: "/etc/neumann/tls.key", min_version: "1.3", since };
    expect(configTemplate({ tls, limits: { rows: 10n, ratio: 0.5 } }, plain)).toEqual({
      values: { tls, limits: { rows: 10n, ratio: 0.5 } },
      removed: [],
    });
  });

  it("of a cluster that encrypts holds only what the interface documents", () => {
    const { values } = configTemplate(
      { ...ordinary, tls: { cert_file: "/etc/x" }, raft: { mine: 1 } },
      { encrypted: true },
    );
    expect(values).toEqual({
      node: { data_dir: "/var/lib/neumann" },
      cluster: { name: "prod" },
      storage: { wal_sync_mode: "fsync" },
    });
  });

  const names = fc.constantFrom("password", "db_secret", "accessKey", "auth-token", "tls_passphrase", "private_key");
  const nested = fc.letrec<{ table: ConfigValues; value: unknown }>((tie) => ({
    value: fc.oneof(
      fc.constant("hunter2"),
      fc.array(fc.constant("hunter2")),
      fc.array(tie("table"), { maxLength: 3 }),
      tie("table"),
    ),
    table: fc.dictionary(fc.oneof(fc.constantFrom("a", "b.c", "node"), names), tie("value"), { maxKeys: 4 }),
  })).table;

  it("keeps no value below a name of a secret, and invents none", () => {
    fc.assert(
      fc.property(nested, (values) => {
        const { values: kept } = configTemplate(values, plain);
        expect(JSON.stringify(kept)).not.toMatch(
          /"(password|db_secret|accessKey|auth-token|tls_passphrase|private_key)"/,
        );
        // What is kept is a part of what was there, in its order.
        expect(isPart(kept, values)).toBe(true);
        expect(configTemplate(kept, plain)).toEqual({ values: kept, removed: [] });
      }),
    );
  });
});

function isPart(part: unknown, whole: unknown): boolean {
  if (Array.isArray(part)) return Array.isArray(whole) && part.every((item) => whole.some((one) => isPart(item, one)));
  if (typeof part !== "object" || part === null) return part === whole;
  if (typeof whole !== "object" || whole === null) return false;
  return Object.entries(part).every(([key, value]) => isPart(value, (whole as Record<string, unknown>)[key]));
}
