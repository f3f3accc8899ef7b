import type { BackupPolicy } from "../policy";
import { SimulatedArchive } from "./simulatedArchive";
import type { GivenUp, SimulatedDay, Simulation, SimulationRequest } from "./simulation";

/** Backups as the policy makes them, day by day, judged by the real prune and removed by the real rules. */
export function simulate(request: SimulationRequest): Simulation {
  return lived(request).simulation;
}

/** What becomes of it when the policy is changed after all these days, and what the same days are with the other one. */
export interface SimulatedChange {
  before: Simulation;
  after: Simulation;
  /** What the next prune gives up only because of the change. */
  givenUp: GivenUp[];
}

export function simulateChange(request: SimulationRequest, to: BackupPolicy): SimulatedChange {
  const { archive, simulation: before } = lived(request);
  const day = before.days.length;
  const anyway = new Map(archive.givenUpBy(request.policy, day).map((given) => [given.account, given]));
  const givenUp = archive
    .givenUpBy(to, day)
    .map(({ account, count, bytes }) => {
      const { count: less, bytes: fewer } = anyway.get(account) ?? { count: 0, bytes: 0 };
      return { account, count: count - less, bytes: bytes - fewer };
    })
    .filter(({ count }) => count > 0);
  return { before, after: simulate({ ...request, policy: to }), givenUp };
}

function lived(request: SimulationRequest): { archive: SimulatedArchive; simulation: Simulation } {
  const archive = new SimulatedArchive(request);
  const days: SimulatedDay[] = [];
  for (let day = 0; day < (request.days ?? 365); day += 1) days.push(archive.live(day));
  return { archive, simulation: { days, standsFor: archive.standsFor } };
}
