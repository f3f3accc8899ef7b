/** `host:port` with a port that exists; IPv6 in brackets. */
export function isAddress(text: unknown): boolean {
  const port = typeof text === "string" ? /^(?:[^\s:/[\]]+|\[[0-9a-fA-F:.]+\]):(\d{1,5})$/.exec(text)?.[1] : undefined;
  return port !== undefined && Number(port) >= 1 && Number(port) <= 65_535;
}

const http = "http://";

/** `http://host:port`, and nothing behind it. */
export function isHttpAddress(text: unknown): boolean {
  return typeof text === "string" && text.startsWith(http) && isAddress(text.slice(http.length));
}

const nodeIdPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** What a node may be called: it becomes part of names in the archive and of resources. */
export function isNodeId(text: unknown): boolean {
  return typeof text === "string" && nodeIdPattern.test(text);
}
