export { expand } from "./environment";
export { databaseImage, type Image, type ImageFile, makeLayer, nodeImage } from "./images";
export { PodLab, type PodLabOptions } from "./lab";
export { type PodPhase, RunningPod } from "./pod";
export type { ContainerSpec, PodObject, PodSpec, Surroundings } from "./spec";
export type { Api } from "./calls";
export { Kubelet, surroundingsOf } from "./kubelet";
export { snapshotDriver, SnapshotDriver } from "./snapshots";
