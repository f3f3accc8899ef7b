/** A word as a POSIX shell reads it back, whatever it holds. */
export function shellQuote(word: string): string {
  return /^[A-Za-z0-9_/.:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A command line of the words. */
export function commandLine(words: readonly string[]): string {
  return words.map(shellQuote).join(" ");
}
