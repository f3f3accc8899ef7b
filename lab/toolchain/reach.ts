/**
 * Why an address cannot be reached, or undefined if something there answers. A blocked network often does not refuse
 * but stays silent, so every question has a time limit.
 */
export async function unreachable(
  url: string,
  timeoutSeconds: number,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const limit = AbortSignal.timeout(timeoutSeconds * 1000);
  try {
    const response = await fetch(url, { method: "HEAD", signal: signal ? AbortSignal.any([limit, signal]) : limit });
    return response.ok ? undefined : `${url} answers ${response.status}`;
  } catch (error) {
    signal?.throwIfAborted();
    return `${url} cannot be reached: ${describe(error)}`;
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return "no answer in time";
  return error.cause instanceof Error ? error.cause.message : error.message;
}
