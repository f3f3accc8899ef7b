import http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Container } from "./container";
import type { Probe } from "./spec";

/** What a probe needs. */
export interface ProbeTarget {
  container: Container;
  /** `host:port` of this machine at which a port of the pod is reached. */
  reach(port: number): Promise<string>;
  signal: AbortSignal;
}

/**
 * Asks again and again until its meaning changes as often in a row as the probe says.
 * @returns whether it is good now; undefined if nobody wants to know any more.
 */
export async function whenProbe(
  probe: Probe,
  target: ProbeTarget,
  known: boolean | undefined,
): Promise<boolean | undefined> {
  let run = 0;
  let last: boolean | undefined;
  for (;;) {
    const good = await ask(probe, target).catch(() => false);
    if (target.signal.aborted) return undefined;
    run = good === last ? run + 1 : 1;
    last = good;
    if (good !== known && run >= threshold(probe, good)) return good;
    if (!(await pause(probe.periodSeconds ?? 10, target.signal))) return undefined;
  }
}

function threshold({ failureThreshold = 3, successThreshold = 1 }: Probe, good: boolean): number {
  return good ? successThreshold : failureThreshold;
}

/** Waits; false if that was broken off. */
export function pause(seconds: number, signal: AbortSignal): Promise<boolean> {
  const waited = sleep(seconds * 1000, true, { signal, ref: false });
  return waited.catch(() => false);
}

async function ask({ exec, httpGet, tcpSocket, timeoutSeconds = 1 }: Probe, target: ProbeTarget): Promise<boolean> {
  const command = exec?.command ?? (tcpSocket && connecting(portOf(tcpSocket.port, target.container)));
  if (command !== undefined) return (await target.container.exec(command, { timeoutSeconds })).code === 0;
  if (httpGet === undefined) throw new Error("a probe says neither exec, httpGet nor tcpSocket");
  const { path = "/", port } = httpGet;
  const address = await target.reach(portOf(port, target.container));
  return answersWell(`http://${address}${path}`, timeoutSeconds);
}

/** Within the pod: what leads there from this machine takes every connection. */
function connecting(port: number): string[] {
  return ["bash", "-c", `exec 3<>/dev/tcp/127.0.0.1/${port}`];
}

function portOf(port: number | string, { spec }: Container): number {
  if (typeof port === "number") return port;
  const named = spec.ports?.find(({ name }) => name === port)?.containerPort;
  if (named === undefined) throw new Error(`container ${spec.name} has no port ${port}`);
  return named;
}

/** As for a kubelet, 200 to 399 are good. */
function answersWell(url: string, seconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const call = http.get(url, { agent: false, timeout: seconds * 1000 }, (response) => {
      const { statusCode = 0 } = response.resume();
      resolve(statusCode >= 200 && statusCode < 400);
    });
    call.on("timeout", () => call.destroy());
    call.on("error", () => resolve(false));
  });
}
