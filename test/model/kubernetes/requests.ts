import type { BackupRequest } from "../../../model/kubernetes/request";
import { standardPolicy } from "../../../model/policy";

/** A request with keys, for two buckets. */
export const request: BackupRequest = {
  image: "registry.example.com/neumann-backup:0.1.0",
  databaseImage: "registry.example.com/neumann:1.4.2",
  archive: {
    kind: "s3",
    clusterId: "prod",
    bucket: "acme-backup",
    region: "eu-central-1",
    credentials: { accessKeyId: "AKIANEAR", secretAccessKey: "near-secret", sessionToken: "near-token" },
    offsite: {
      kind: "s3",
      bucket: "acme-offsite",
      region: "eu-west-1",
      endpoint: "https://store.example.com:9000",
      credentials: { accessKeyId: "AKIAAWAY", secretAccessKey: "away-secret" },
    },
  },
  policy: standardPolicy,
  access: { kind: "keys" },
};
