/**
 * Waits until all of it is over, then throws the first failure: what comes after, as removing the files, meets nothing
 * that is still under way.
 */
export async function together(...works: readonly Promise<unknown>[]): Promise<void> {
  const over = await Promise.allSettled(works);
  for (const work of over) if (work.status === "rejected") throw work.reason;
}
