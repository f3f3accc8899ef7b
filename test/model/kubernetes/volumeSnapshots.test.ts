import { describe, expect, it } from "vitest";
import {
  backupIdLabel,
  dataClaim,
  volumeSnapshot,
  volumeSnapshotName,
} from "../../../model/kubernetes/volumeSnapshots";

const request = {
  clusterId: "prod",
  namespace: "neumann",
  backupId: "20261128T190000Z-0a1b2c3d",
  claim: dataClaim("data", "neumann-0"),
};

describe("volumeSnapshot", () => {
  it("is of the pod's claim, with a name and a label that name the backup", () => {
    expect(volumeSnapshot({ ...request, className: "fast" })).toEqual({
      apiVersion: "snapshot.storage.k8s.io/v1",
      kind: "VolumeSnapshot",
      metadata: {
        name: "neumann-backup-20261128t190000z-0a1b2c3d",
        namespace: "neumann",
        labels: {
          "app.kubernetes.io/name": "neumann-backup",
          "app.kubernetes.io/instance": "prod",
          "app.kubernetes.io/component": "volume-snapshot",
          "app.kubernetes.io/part-of": "neumann",
          "app.kubernetes.io/managed-by": "pulumi-neumann",
          [backupIdLabel]: request.backupId,
        },
      },
      spec: { source: { persistentVolumeClaimName: "data-neumann-0" }, volumeSnapshotClassName: "fast" },
    });
  });

  it("leaves the class to the cluster where none is named", () => {
    expect(volumeSnapshot(request).spec).toEqual({ source: { persistentVolumeClaimName: "data-neumann-0" } });
  });

  it("has no name for what is no backup", () => {
    expect(() => volumeSnapshotName("../../pods")).toThrow("not a backup id");
  });
});
