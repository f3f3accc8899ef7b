import { S3Archive, type S3ArchiveArgs } from "../../../components/aws";
import { type Registered, run, type Run, type RunOptions } from "../harness";
import { type Cloud, cloud } from "./cloud";

/** An archive with nothing that is not required. */
export const args: S3ArchiveArgs = { clusterId: "prod", region: "eu-central-1", offsiteRegion: "eu-west-1" };

export function make(
  change: Partial<S3ArchiveArgs> = {},
  is: Partial<Cloud> = {},
  options: RunOptions = {},
): Promise<Run<S3Archive>> {
  return run((opts) => new S3Archive("prod", { ...args, ...change }, opts), { ...cloud(is), ...options });
}

/** By name, for the order in which outputs are known is nobody's. */
export function sorted(resources: Registered[]): Registered[] {
  const key = ({ type, name }: Registered) => `${name} ${type}`;
  return [...resources].sort((a, b) => key(a).localeCompare(key(b)));
}

export function named(resources: Registered[], name: string): Registered {
  const found = resources.find((one) => one.name === name && one.type.startsWith("aws:"));
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

export const ofAws = (resources: Registered[]) => resources.filter(({ type }) => type.startsWith("aws:"));
