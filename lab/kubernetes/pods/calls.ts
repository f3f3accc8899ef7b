import type { ApiAnswer, ApiCall } from "../api";

/** Calls to an API server by one who may do everything: a `ControlPlane`. */
export interface Api {
  call(call: Omit<ApiCall, "token">): Promise<ApiAnswer>;
}

/**
 * What an answer holds.
 * @throws Error for one that is none.
 */
export function checked({ status, body }: ApiAnswer, what: string): unknown {
  if (status >= 200 && status < 300) return body;
  throw new Error(`the API server answered ${status} for ${what}: ${JSON.stringify(body)}`);
}

/** Where a claim is. */
export function claimPath(namespace: string, name: string): string {
  return `/api/v1/namespaces/${namespace}/persistentvolumeclaims/${name}`;
}
