import { describe, expect, it } from "vitest";
import { type BackupRequest, withDefaults } from "../../../model/kubernetes/request";
import { archivePorts, networkPolicies } from "../../../model/kubernetes/traffic";
import { cronJobs } from "../../../model/kubernetes/jobs";
import { request } from "./requests";

const policiesOf = (change: Partial<BackupRequest> = {}) => networkPolicies(withDefaults({ ...request, ...change }));
type Policy = ReturnType<typeof networkPolicies>[number];

/** Whether a policy lets out to an address and a port. */
function letsOut({ spec }: Policy, address: string, port: number): boolean {
  return spec.egress.some(({ to, ports }) => {
    if (!ports.some((one) => one.port === port)) return false;
    return to.some((peer) => {
      if (!("ipBlock" in peer)) return false;
      const { cidr, except = [] } = peer.ipBlock as { cidr: string; except?: string[] };
      return contains(cidr, address) && !except.some((range) => contains(range, address));
    });
  });
}

function contains(range: string, address: string): boolean {
  const [first = "", length] = range.split("/");
  if (first.includes(":") || address.includes(":")) return false;
  const bits = (text: string) =>
    text
      .split(".")
      .map((part) => Number(part).toString(2).padStart(8, "0"))
      .join("");
  return bits(first).slice(0, Number(length)) === bits(address).slice(0, Number(length));
}

describe("network policies", () => {
  it("are one for the jobs, which nobody reaches, and none for pods that are not isolated yet", () => {
    const [jobs, ...others] = policiesOf();
    expect(others).toEqual([]);
    expect(jobs?.spec.policyTypes).toEqual(["Ingress", "Egress"]);
    expect(jobs?.spec).not.toHaveProperty("ingress");
    for (const { spec } of cronJobs(withDefaults(request))) {
      expect(spec.jobTemplate.spec.template.metadata.labels).toMatchObject(jobs?.spec.podSelector.matchLabels ?? {});
    }
  });

  it("let out to the archive's ports, and not to the machine's own services", () => {
    const [jobs] = policiesOf() as [Policy];
    for (const port of [443, 9000]) expect(letsOut(jobs, "203.0.113.7", port)).toBe(true);
    for (const port of [22, 80, 6443, 7878, 9090]) expect(letsOut(jobs, "203.0.113.7", port)).toBe(false);
    for (const port of [80, 443, 9000, 988]) expect(letsOut(jobs, "169.254.169.254", port)).toBe(false);
  });

  it("let out to the named addresses only", () => {
    const [jobs] = policiesOf({ traffic: { archiveCidrs: ["10.1.0.0/16"] } }) as [Policy];
    expect(letsOut(jobs, "10.1.2.3", 443)).toBe(true);
    expect(letsOut(jobs, "203.0.113.7", 443)).toBe(false);
  });

  it("let ask the machine for rights where that was asked for", () => {
    const [jobs] = policiesOf({ traffic: { allowMetadata: true } }) as [Policy];
    expect(letsOut(jobs, "169.254.169.254", 80)).toBe(true);
    expect(letsOut(jobs, "169.254.170.23", 80)).toBe(true);
    expect(letsOut(jobs, "169.254.1.1", 80)).toBe(false);
  });

  it("let ask the cluster's DNS, and a node's own", () => {
    const [jobs] = policiesOf({ traffic: { dnsNamespace: "dns" } }) as [Policy];
    expect(jobs.spec.egress[0]).toEqual({
      to: [
        { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "dns" } } },
        { ipBlock: { cidr: "169.254.20.10/32" } },
      ],
      ports: [
        { protocol: "UDP", port: 53 },
        { protocol: "TCP", port: 53 },
      ],
    });
    expect(letsOut(jobs, "8.8.8.8", 53)).toBe(false);
  });

  it("add to pods that are isolated what the sidecar needs", () => {
    const [, pods] = policiesOf({ traffic: { isolatedPods: true } }) as [Policy, Policy];
    expect(pods.spec.podSelector.matchLabels).toEqual({ "neumann-backup/statefulset": "neumann" });
    expect(pods.spec).toMatchObject({ ingress: [{ ports: [{ protocol: "TCP", port: 9190 }] }] });
    for (const port of [443, 6443, 9000]) expect(letsOut(pods, "10.0.0.1", port)).toBe(true);
    expect(letsOut(pods, "169.254.169.254", 80)).toBe(false);
  });

  it.each([
    [undefined, 443],
    ["https://s3.example.com", 443],
    ["http://minio", 80],
    ["http://minio.store.svc:9000/", 9000],
    ["https://[2001:db8::1]", 443],
    ["https://[2001:db8::1]:8443", 8443],
  ])("knows the port of %s", (endpoint, port) => {
    const place = { kind: "s3", bucket: "b", region: "r", clusterId: "c", ...(endpoint && { endpoint }) } as const;
    expect(archivePorts(place)).toEqual([port]);
  });
});
