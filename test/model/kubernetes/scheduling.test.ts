import { describe, expect, it } from "vitest";
import { clusterObjects } from "../../../model/kubernetes/clusterObjects";
import { cronJobs } from "../../../model/kubernetes/jobs";
import { withDefaults } from "../../../model/kubernetes/request";
import { checkScheduling, type Scheduling } from "../../../model/kubernetes/scheduling";
import { Mistakes } from "../../../model/mistakes";
import { request } from "./requests";

const scheduling: Scheduling = {
  nodeSelector: { "node.kubernetes.io/instance-type": "m7i.large", pool: "" },
  tolerations: [
    { key: "dedicated", value: "backup", effect: "NoSchedule" },
    { key: "node.kubernetes.io/unreachable", effect: "NoExecute", seconds: 60 },
    {},
  ],
  priorityClassName: "low",
};
const inPod = {
  nodeSelector: scheduling.nodeSelector,
  tolerations: [
    { key: "dedicated", operator: "Equal", value: "backup", effect: "NoSchedule" },
    { key: "node.kubernetes.io/unreachable", operator: "Exists", effect: "NoExecute", tolerationSeconds: 60 },
    { operator: "Exists" },
  ],
  priorityClassName: "low",
};
const fields = Object.keys(inPod);

const mistakesIn = (given: unknown): string[] => {
  const mistakes = new Mistakes();
  checkScheduling(given, "jobScheduling", mistakes);
  return mistakes.all.map(({ path, problem, remedy }) => `${path}: ${problem}. ${remedy}`);
};

const cluster = (change: { jobScheduling?: Scheduling; podScheduling?: Scheduling }) =>
  clusterObjects({
    ...request,
    databaseImage: "registry.example.com/neumann:1.4.2",
    configuration: "",
    storage: { size: "1Gi" },
    own: {
      recovery: {
        plan: { archive: request.archive, restorePoint: "latest", recoveryId: "r1", nodes: ["neumann-0"] },
        planDigest: "a".repeat(64),
        clusterName: "prod",
        members: [],
        record: "neumann-backup-recovery-r1",
      },
    },
    ...change,
  });

const podOf = (owner: { spec: { template: { spec: object } } } | undefined): object => owner!.spec.template.spec;
const asked = (pod: object) => Object.keys(pod).filter((field) => fields.includes(field));

describe("where pods run", () => {
  it("is what every job's pod says, and nothing where nothing is asked for", () => {
    for (const { spec } of cronJobs(withDefaults({ ...request, jobScheduling: scheduling }))) {
      expect(podOf(spec.jobTemplate)).toMatchObject(inPod);
      expect(podOf(spec.jobTemplate)).toHaveProperty("affinity.podAntiAffinity");
    }
    for (const { spec } of cronJobs(withDefaults(request))) expect(asked(podOf(spec.jobTemplate))).toEqual([]);
  });

  it("is said apart for the database's pods", () => {
    const jobs = cluster({ jobScheduling: scheduling });
    expect(asked(podOf(jobs.statefulSet))).toEqual([]);
    expect(podOf(jobs.awaitRecovery)).toMatchObject(inPod);
    const pods = cluster({ podScheduling: scheduling });
    expect(podOf(pods.statefulSet)).toMatchObject(inPod);
    expect(asked(podOf(pods.awaitRecovery))).toEqual([]);
  });

  it("is refused with all that is wrong", () => {
    expect(mistakesIn(scheduling)).toEqual([]);
    expect(mistakesIn(undefined)).toEqual([]);
    const wrong = {
      nodeSelector: { "a/b/c": "x", pool: 1 },
      tolerations: [
        "dedicated",
        { value: "backup" },
        { key: "dedicated", effect: "noschedule", seconds: 60 },
        { key: "a b", value: "-", operator: "Exists", seconds: -1 },
      ],
      priorityClassName: "Low",
      affinity: {},
    };
    expect(mistakesIn(wrong)).toMatchSnapshot();
    expect([...mistakesIn({ tolerations: [] }), ...mistakesIn({ tolerations: {} })]).toEqual(
      Array.from(
        { length: 2 },
        () => expect.stringContaining("tolerations: must be a list with something in it") as string,
      ),
    );
    for (const other of ["low", null, []]) expect(mistakesIn(other)).toHaveLength(1);
  });
});
