import { rest } from "../../run/interrupt";
import { AgentError, WorldFault } from "../../run/errors";

/** A failure that may be over soon: the same request is sent again. */
export class Transient extends Error {
  override readonly name = "Transient";
  constructor(
    message: string,
    /** The name does not resolve, or nothing listens: more patience seldom helps. */
    readonly hopeless = false,
  ) {
    super(message);
  }
}

/** How long failures are borne. */
export interface Patience {
  /** Seconds after which a request that only fails is given up. */
  retrySeconds: number;
}

const firstWaitMs = 50;
const longestWaitMs = 5000;
/** Whatever `retrySeconds` says: a typing mistake in a host's name should be told soon. */
const hopelessMs = 10_000;

/** Waits between tries: twice as long each time, and a random part of that, so that many clients do not come at once. */
export class Retries {
  private since: number | undefined;
  private tries = 0;

  constructor(private readonly patience: Patience) {}

  /** Something went well: what fails from now on is new. */
  reset(): void {
    this.since = undefined;
    this.tries = 0;
  }

  /**
   * Waits before the next try.
   * @throws WorldFault when the time is over; what is not transient as it is.
   */
  async after(error: unknown): Promise<void> {
    if (!(error instanceof Transient)) throw error;
    this.since ??= performance.now();
    this.tries += 1;
    const spent = performance.now() - this.since;
    const limit = this.patience.retrySeconds * 1000;
    const most = error.hopeless ? Math.min(limit, hopelessMs) : limit;
    const wait = Math.random() * Math.min(longestWaitMs, firstWaitMs * 2 ** this.tries);
    if (spent + wait > most) {
      const times = this.tries === 1 ? "once" : `${this.tries} times in ${Math.ceil(spent / 1000)} s`;
      throw new WorldFault(`${error.message} Tried ${times}; run the same command again when that is over.`);
    }
    await rest(wait);
  }
}

/** Does it until it succeeds, fails for good or the patience is over. */
export async function retrying<T>(patience: Patience, work: () => Promise<T>): Promise<T> {
  for (const retries = new Retries(patience); ;) {
    try {
      return await work();
    } catch (error) {
      await retries.after(error);
    }
  }
}

/** True for what has been put into words for the user already. */
export function isExplained(error: unknown): boolean {
  return error instanceof AgentError || error instanceof Transient;
}
