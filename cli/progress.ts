import { formatSeconds } from "../model/units";

/** Where a run says what happens, how far it is and how long it takes. */
export interface Progress {
  /** A new step begins. */
  begin(step: StepTitle): void;
  /** What is happening at this moment; the next call replaces it. */
  now(text: string): void;
  /** Something that stays to be read. */
  note(text: string): void;
  /** The step is over. */
  end(detail: string): void;
  /** The step broke off. */
  fail(reason: string): void;
}

/** A step of a run as a person counts it. */
export interface StepTitle {
  number: number;
  of: number;
  title: string;
}

/** What progress is written to, such as `process.stderr`. */
export interface ProgressStream {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const frameMs = 120;
const plainEveryMs = 5000;

/** On a terminal one live line a step; into a pipe plain lines, at least one every five seconds while a step lasts. */
export function progressOn(stream: ProgressStream): Progress {
  return stream.isTTY === true ? new LiveProgress(stream) : new PlainProgress(stream);
}

/** Says nothing. */
export const silentProgress: Progress = {
  begin: () => undefined,
  now: () => undefined,
  note: () => undefined,
  end: () => undefined,
  fail: () => undefined,
};

abstract class StepProgress implements Progress {
  protected step: StepTitle = { number: 0, of: 0, title: "" };
  protected text = "";
  private began = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    protected readonly stream: ProgressStream,
    private readonly everyMs: number,
  ) {}

  begin(step: StepTitle): void {
    this.stop();
    this.step = step;
    this.text = "";
    this.began = performance.now();
    this.shown("begin", "");
    this.timer = setInterval(() => this.tick(), this.everyMs).unref();
  }

  now(text: string): void {
    this.text = text;
  }

  note(text: string): void {
    this.shown("note", text);
  }

  end(detail: string): void {
    this.stop();
    this.shown("end", detail);
  }

  fail(reason: string): void {
    this.stop();
    this.shown("fail", reason);
  }

  protected get elapsed(): string {
    return formatSeconds((performance.now() - this.began) / 1000);
  }

  protected get label(): string {
    return `[${this.step.number}/${this.step.of}] ${this.step.title}`;
  }

  private stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  protected abstract tick(): void;
  protected abstract shown(what: "begin" | "note" | "end" | "fail", text: string): void;
}

class PlainProgress extends StepProgress {
  constructor(stream: ProgressStream) {
    super(stream, plainEveryMs);
  }

  protected tick(): void {
    const { text, label, elapsed } = this;
    this.stream.write(`${label}: ${text === "" ? "" : `${text}, `}${elapsed}\n`);
  }

  protected shown(what: "begin" | "note" | "end" | "fail", text: string): void {
    const { label, elapsed } = this;
    const lines = {
      begin: `${label} …`,
      note: indented(text),
      end: `${label}: ${text === "" ? "done" : text} (${elapsed})`,
      fail: `${label}: FAILED after ${elapsed}: ${text}`,
    };
    this.stream.write(`${lines[what]}\n`);
  }
}

class LiveProgress extends StepProgress {
  private frame = 0;

  constructor(stream: ProgressStream) {
    super(stream, frameMs);
  }

  protected tick(): void {
    this.frame += 1;
    const spinner = frames[this.frame % frames.length] ?? "";
    const line = `${spinner} ${this.label}  ${this.elapsed}  ${this.text}`;
    const columns = this.stream.columns ?? 80;
    this.stream.write(`\r\x1b[K${[...line].slice(0, columns - 1).join("")}`);
  }

  protected shown(what: "begin" | "note" | "end" | "fail", text: string): void {
    const { label, elapsed } = this;
    if (what === "begin") return this.tick();
    const detail = text === "" ? "" : `: ${text}`;
    const lines = {
      note: indented(text),
      end: `✓ ${label}${detail} (${elapsed})`,
      fail: `✗ ${label} (${elapsed})${detail}`,
    };
    this.stream.write(`\r\x1b[K${lines[what]}\n`);
  }
}

function indented(text: string): string {
  return text.replace(/^/gm, "      ");
}
