import type { Mistakes } from "../mistakes";
import { type BackupSoftware, softwareKey, SoftwareRole } from "../software";

/** Where the database's package lies that new nodes install. */
export interface RecoveryPackage {
  bucket: string;
  key: string;
  region: string;
  sha256: string;
  /** Of what encrypts it. */
  kmsKeyArn?: string;
}

/** What a recovery says of it. */
export interface PackageRequest {
  clusterId: string;
  offsite: { bucket: string; region: string; prefix?: string; kmsKeyArn?: string };
  database?: { key: string; sha256: string; bucket?: string; region?: string; kmsKeyArn?: string };
}

/** What is planned to be restored. */
export interface CarryingBackup {
  backupId: string;
  software?: readonly BackupSoftware[];
}

/** As it is named, in the off-site bucket unless another one is. */
export function namedPackage({ offsite, database }: PackageRequest): RecoveryPackage | undefined {
  if (database === undefined) return undefined;
  const { key, sha256, bucket = offsite.bucket, region = offsite.region } = database;
  const kmsKeyArn = database.kmsKeyArn ?? (database.bucket === undefined ? offsite.kmsKeyArn : undefined);
  return { bucket, key, region, sha256, ...(kmsKeyArn === undefined ? {} : { kmsKeyArn }) };
}

/** As it is named, or as the backup carries it; collects why there is none. */
export function packageFor(
  request: PackageRequest,
  { backupId, software = [] }: CarryingBackup,
  mistakes: Mistakes,
): RecoveryPackage | undefined {
  const named = namedPackage(request);
  if (named !== undefined) return named;
  const carried = software.find(({ role }) => role === SoftwareRole.DatabasePackage);
  if (carried === undefined) {
    const remedy =
      "Write key and sha256 of a package in the off-site bucket. For backups to come: databasePackage of the nodes' hosts.";
    mistakes.add("database", `is required, for backup ${backupId} carries no package`, undefined, remedy);
    return undefined;
  }
  const { clusterId, offsite } = request;
  const root = offsite.prefix === undefined ? "" : `${offsite.prefix}/`;
  const key = `${root}${softwareKey(clusterId, carried)}`;
  return namedPackage({ ...request, database: { key, sha256: carried.sha256 } });
}
