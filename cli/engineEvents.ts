import type { EngineEvent } from "@pulumi/pulumi/automation";

/** When the engine worked on one command. Times in milliseconds. */
export interface CommandSpan {
  name: string;
  startedAt: number;
  endedAt: number;
}

/** Receives what the engine is doing at this moment. */
export type EngineListener = (text: string) => void;

/** Operations that leave a resource as it is. */
export const unchanged: ReadonlySet<string> = new Set(["same", "read", "refresh"]);

/** Collects what an operation of the engine tells. */
export class EventWatch {
  outputs: Record<string, unknown> = {};
  changes: Record<string, number> | undefined;
  readonly messages: string[] = [];
  readonly errors: string[] = [];
  readonly commands: CommandSpan[] = [];
  private readonly begun = new Map<string, number>();
  private current = "";

  constructor(private readonly listen: EngineListener) {}

  take(event: EngineEvent): void {
    const { resourcePreEvent, resOutputsEvent, diagnosticEvent, summaryEvent } = event;
    if (summaryEvent) this.changes = { ...summaryEvent.resourceChanges };
    if (resourcePreEvent) this.began(resourcePreEvent.metadata.urn, resourcePreEvent.metadata.op);
    if (resOutputsEvent) this.ended(resOutputsEvent.metadata);
    if (diagnosticEvent) this.said(diagnosticEvent.message, diagnosticEvent.severity);
  }

  private began(urn: string, operation: string): void {
    if (unchanged.has(operation) || !/[:$]command:(local|remote):Command::/.test(urn)) return;
    this.current = nameOf(urn);
    this.begun.set(urn, Date.now());
    this.tell("");
  }

  private ended(metadata: { urn: string; type: string; op: string; new?: { outputs: Record<string, unknown> } }): void {
    if (metadata.type === "pulumi:pulumi:Stack") this.outputs = metadata.new?.outputs ?? this.outputs;
    const startedAt = this.begun.get(metadata.urn);
    if (startedAt === undefined) return;
    this.begun.delete(metadata.urn);
    this.commands.push({ name: nameOf(metadata.urn), startedAt, endedAt: Date.now() });
  }

  private said(message: string, severity: string): void {
    const text = withoutColour(message).trimEnd();
    const step = agentStep(text);
    if (step !== undefined) this.tell(`: ${step}`);
    else if (severity === "error") this.errors.push(text);
    else if (severity === "info") this.messages.push(text);
  }

  private tell(step: string): void {
    this.listen(`${this.commands.length} done, ${this.current}${step}`);
  }
}

function nameOf(urn: string): string {
  return urn.split("::").at(-1) ?? urn;
}

/** The engine marks colours as `<{%reset%}>`. */
function withoutColour(text: string): string {
  return text.replace(/<\{%.*?%\}>/g, "");
}

/** What the agent says of itself: a line of JSON for each step. */
function agentStep(line: string): string | undefined {
  const event = agentEvent(line);
  if (event === undefined || event.event === "error") return undefined;
  return typeof event.message === "string" ? event.message : String(event.step);
}

interface AgentEvent {
  event?: unknown;
  step?: unknown;
  message?: unknown;
  afterSeconds?: unknown;
}

function agentEvent(line: string): AgentEvent | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as AgentEvent;
  } catch {
    return undefined;
  }
}

/** Sooner the same will not do, by what the agent said; 0 where it said nothing of that. */
export function waitSeconds(errors: readonly string[]): number {
  const events = errors.flatMap((error) => error.split("\n")).map(agentEvent);
  const waits = events.map((event) => (event?.event === "error" ? event.afterSeconds : 0));
  return Math.max(0, ...waits.filter((seconds) => typeof seconds === "number"));
}

/** What a person needs of errors: the agent's own words where it says why, else everything; each of them once. */
export function failureText(errors: readonly string[]): string {
  const lines = [...new Set(errors.flatMap((error) => error.split("\n")))];
  const reasons = lines.flatMap((line) => {
    const event = agentEvent(line);
    return event?.event === "error" && typeof event.message === "string" ? [event.message] : [];
  });
  return [...new Set(reasons.length > 0 ? reasons : lines)].join("\n");
}
