/** Says what is being done and, while it lasts, for how long. */
export class Steps {
  constructor(private readonly say: (line: string) => void) {}

  /** A single remark. */
  note(line: string): void {
    this.say(line);
  }

  /** Runs a step; every `everySeconds` it tells the elapsed time and what `detail` says. */
  async step<T>(name: string, work: (detail: (text: string) => void) => Promise<T>, everySeconds = 10): Promise<T> {
    const start = Date.now();
    const elapsed = () => `${Math.round((Date.now() - start) / 1000)} s`;
    let detail = "";
    this.say(`${name} …`);
    const timer = setInterval(
      () => this.say(`${name}: ${elapsed()}${detail === "" ? "" : `, ${detail}`}`),
      everySeconds * 1000,
    );
    try {
      const result = await work((text) => (detail = text));
      this.say(`${name}: done in ${elapsed()}`);
      return result;
    } finally {
      clearInterval(timer);
    }
  }
}
