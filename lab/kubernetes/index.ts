export type { ApiAnswer, ApiCall, ApiServer } from "./api";
export { callApi } from "./api";
export type {
  Applied,
  ApplyOptions,
  ControlPlaneOptions,
  KubectlOptions,
  KubernetesObject,
  ObjectMeta,
} from "./controlPlane";
export { ControlPlane, startControlPlane } from "./controlPlane";
export { kubernetesVersion } from "./programs";
export { ensureKubernetesPlugin } from "./provider";
export type { RightsQuestion } from "./rights";
