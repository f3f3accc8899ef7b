import type * as pulumi from "@pulumi/pulumi";
import { type Mistakes, Mistakes as MistakeList } from "../model/mistakes";
import type { ArchiveSpec } from "../model/reference";
import type { ArchiveCreateSpec } from "../model/specs";
import { type ArchiveReference, archiveSpec, checkArchiveReference } from "./archiveReference";
import { after } from "./dependency";
import { AgentCopy, hostCommand, thisMachine } from "./hostCommand";
import { settingsMinutes } from "./timeouts";

export { parseLocation } from "../model/locationText";
export type { ArchiveLocation } from "../model/reference";

type KnownReference = pulumi.Unwrap<ArchiveReference>;

/** Checks a reference and names what is wrong as a component's arguments do: `rename` gets paths such as `offsite.bucket`. */
export function checkPlaces(
  reference: KnownReference,
  mistakes: Mistakes,
  rename: (path: string) => string = (path) => path,
): void {
  const found = new MistakeList();
  checkArchiveReference(reference, "archive", found);
  for (const { path, problem, received, remedy } of found.all) {
    mistakes.add(rename(path.replace("archive.", "")), problem, received, remedy);
  }
}

/**
 * Makes each place of a checked reference this cluster's archive, or finds that it is so already. The result is known in
 * a preview; who uses it waits for the places.
 */
export function createPlaces(
  name: string,
  checked: { reference: pulumi.Output<KnownReference>; withOffsite: boolean },
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<KnownReference> {
  const archive = checked.reference.apply(archiveSpec);
  const created = (checked.withOffsite ? [primary, offsite] : [primary]).map(({ role, spec }) =>
    hostCommand(
      `${name}-${role}`,
      {
        host: thisMachine(role),
        copy: AgentCopy.Package,
        create: ["archive-create"],
        specification: archive.apply(spec),
        timeoutMinutes: settingsMinutes,
      },
      opts,
    ),
  );
  return after<ArchiveReference>(
    created.map((command) => command.resource),
    archive,
  );
}

interface Place {
  role: ArchiveCreateSpec["role"];
  spec: (archive: ArchiveSpec) => ArchiveCreateSpec;
}

const primary: Place = {
  role: "primary",
  spec: ({ clusterId, offsite: away, ...archive }) => {
    void away;
    return { archive, clusterId, role: "primary" };
  },
};

const offsite: Place = {
  role: "offsite",
  spec: (archive) => ({ archive: archive.offsite ?? archive, clusterId: archive.clusterId, role: "offsite" }),
};
