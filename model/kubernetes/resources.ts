import type { ContainerResources } from "./request";

/** As a container has them. */
export function resourcesOf({ cpuRequest, cpuLimit, memoryRequest, memoryLimit }: ContainerResources) {
  return {
    requests: quantities(cpuRequest, memoryRequest),
    limits: quantities(cpuLimit, memoryLimit),
  };
}

function quantities(cpu?: string, memory?: string): Record<string, string> {
  return { ...(cpu === undefined ? {} : { cpu }), ...(memory === undefined ? {} : { memory }) };
}
