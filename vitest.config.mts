import { defineConfig } from "vitest/config";

/** Real processes, one file at a time. */
const slow = {
  testTimeout: 300_000,
  hookTimeout: 300_000,
  fileParallelism: false,
  // Two cores: more clusters at once only wait for each other, and overstep the limits that they test.
  maxConcurrency: 3,
  // Real processes with real time limits: a machine that stalls may miss one. What is wrong fails twice.
  retry: 1,
};

/** Those with hosts of the lab's: one lab at a time. */
const hosts = [
  "test/hosts/*.slow.test.ts",
  "test/lab/hosts.slow.test.ts",
  "test/lab/pods.slow.test.ts",
  "test/lab/snapshots.slow.test.ts",
  "test/kubernetes/run.slow.test.ts",
  "test/kubernetes/recover.slow.test.ts",
  "test/kubernetes/stacks.slow.test.ts",
  "test/kubernetes/volume.slow.test.ts",
];

export default defineConfig({
  // Compiled files lie beside their sources: tests run the sources.
  resolve: { extensions: [".ts", ".mts", ".js", ".mjs", ".json"] },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/**/*.slow.test.ts"],
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          ...slow,
          name: "slow",
          include: ["test/**/*.slow.test.ts"],
          exclude: hosts,
        },
      },
      {
        extends: true,
        test: { ...slow, name: "hosts", include: hosts },
      },
    ],
  },
});
