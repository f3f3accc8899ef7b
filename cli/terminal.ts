/** Where a command says things: its result to the one, all else to the other. */
export interface Terminal {
  out: (text: string) => void;
  err: { write(text: string): unknown; isTTY?: boolean; columns?: number };
  /** Asks a person; undefined where there is none to ask. */
  ask?: (question: string) => Promise<string>;
}

/** How a command ended. */
export const ExitCode = {
  Done: 0,
  /** The program itself is at fault. */
  Bug: 1,
  /** What was given is wrong; nothing was touched. */
  Input: 2,
  /** There is no plan, or nobody approved it; nothing was touched. */
  Refused: 3,
  /** It broke off, or the world failed: mend it and run the same again. */
  World: 4,
  /** What was looked at is not as it must be. */
  Damaged: 5,
  /** Another run is at work, or the store thaws. */
  TryLater: 75,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** An error whose message is for the user. */
export class CommandFailure extends Error {
  override readonly name = "CommandFailure";
  constructor(
    message: string,
    readonly exitCode: ExitCode,
  ) {
    super(message);
  }
}

/** Rows of a name and a value, the values below each other. */
export function facts(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`.trimEnd()).join("\n");
}
