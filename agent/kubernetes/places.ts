import path from "node:path";
import type { NodeConfig } from "../../model/agentConfig";
import { podPaths } from "../../model/kubernetes/pod";

/** What is laid into the pod from outside. */
export interface PodPlaces {
  /** What stands for `/`. */
  root: string;
  /** `pod.json`. */
  settings: string;
  /** The user's ConfigMap of the database. */
  given: string;
  /** Token, certificate and namespace of the pod's service account. */
  account: string;
}

/** `root`: what stands for `/`, where this is tried outside a pod. */
export function podPlaces(root = "/"): PodPlaces {
  return {
    root,
    settings: path.join(root, podPaths.settings),
    given: path.join(root, podPaths.given),
    account: path.join(root, "/var/run/secrets/kubernetes.io/serviceaccount"),
  };
}

/** What the containers of a pod share: beside the folder of `config.toml`. */
export interface SharedPlaces {
  /** Hands segments over: in the database's container. */
  handover: string;
  /** Where the sidecar takes them. */
  socket: string;
}

export function sharedPlaces({ configFile }: Pick<NodeConfig, "configFile">): SharedPlaces {
  const at = (place: string): string =>
    path.resolve(path.dirname(configFile), path.relative(path.dirname(podPaths.config), place));
  return { handover: at(podPaths.handover), socket: at(podPaths.socket) };
}

/** What `archive_command` is in a pod. */
export function handoverCommand(node: Pick<NodeConfig, "configFile">): string {
  const { handover, socket } = sharedPlaces(node);
  return `${handover} ${socket} %p %f`;
}
