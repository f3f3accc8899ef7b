import { formatSeconds } from "../../model/units";
import type { RehearsalResult } from "../result";
import type { Mark, Phase } from "../timeline";
import { escape } from "./markup";

/** Times as parts of the whole width. */
interface Scale {
  from: number;
  seconds: number;
}

/** Phases as bars over time, what was done in each below them, and the two objectives as spans above. */
export function renderTimeline(result: RehearsalResult): string {
  const scale = { from: Date.parse(result.startedAt), seconds: Math.max(result.seconds, 0.001) };
  const lanes = [...spanLanes(result, scale), ...result.phases.map((phase) => phaseLane(phase, scale))];
  return (
    `<figure class="timeline" aria-label="${escape(describe(result))}">\n${flags(result.marks, scale)}` +
    `<div class="overlay" aria-hidden="true">${result.marks.map((m) => tick(m, scale)).join("")}</div>\n` +
    `${lanes.join("\n")}\n${axis(scale)}</figure>\n<ul class="legend">${legend()}</ul>\n`
  );
}

function describe({ phases, seconds }: RehearsalResult): string {
  const parts = phases.map((phase) => `${phase.title}, ${formatSeconds(phase.seconds)}`);
  return `Timeline of ${formatSeconds(seconds)}: ${parts.join("; ")}`;
}

function legend(): string {
  const entries = [
    ["phase", "a phase"],
    ["part", "what was done in it"],
    ["point", "writes that were lost (RPO)"],
    ["time", "from the loss to acceptance (RTO)"],
  ];
  return entries.map(([name, text]) => `<li style="--swatch: var(--${name})">${text}</li>`).join("");
}

function percent(at: number, { from, seconds }: Scale): number {
  return Math.min(100, Math.max(0, ((at - from) / 1000 / seconds) * 100));
}

function place(startedAt: number, endedAt: number, scale: Scale): string {
  const left = percent(startedAt, scale);
  return `left:${left.toFixed(2)}%;width:${(percent(endedAt, scale) - left).toFixed(2)}%`;
}

function lane(kind: string, label: string, seconds: number, content: string): string {
  const head = `<div class="label">${escape(label)} <span>${formatSeconds(seconds)}</span></div>`;
  return `<div class="lane ${kind}">${head}<div class="track">${content}</div></div>`;
}

function phaseLane(phase: Phase, scale: Scale): string {
  const at = place(Date.parse(phase.startedAt), Date.parse(phase.endedAt), scale);
  const hint = escape(`${phase.title}: ${phase.detail}`);
  const bar = `<div class="bar${phase.failed ? " failed" : ""}" style="${at}" title="${hint}"></div>`;
  const parts = phase.parts.map((part) => {
    const style = place(Date.parse(part.startedAt), Date.parse(part.endedAt), scale);
    return `<div class="part" style="${style}" title="${escape(`${part.title}: ${formatSeconds(part.seconds)}`)}"></div>`;
  });
  return lane("phase", phase.title, phase.seconds, bar + parts.join(""));
}

/** The measured recovery point ends with the loss, the measured recovery time begins with it. */
function spanLanes({ loss, objectives }: RehearsalResult, scale: Scale): string[] {
  const lostAt = Date.parse(loss.at);
  return objectives.map(({ name, title, measuredSeconds }) => {
    const length = measuredSeconds * 1000;
    const [kind, from, until] =
      name === "recovery-point" ? ["point", lostAt - length, lostAt] : ["time", lostAt, lostAt + length];
    const span = `<div class="span ${kind}" style="${place(from, until, scale)}"></div>`;
    return lane("objective-span", title, measuredSeconds, span);
  });
}

function tick({ name, at }: Mark, scale: Scale): string {
  return `<div class="tick ${name}" style="left:${percent(Date.parse(at), scale).toFixed(2)}%"></div>`;
}

function flags(marks: readonly Mark[], scale: Scale): string {
  const texts = marks.map(({ name, title, at }) => {
    const left = percent(Date.parse(at), scale);
    // Texts end before the loss and begin after it, so that they do not cover each other.
    const side = name === "backup" ? " end" : left < 85 ? " start" : " end";
    return `<span class="${name}${side}" style="left:${left.toFixed(2)}%">${escape(title)}</span>`;
  });
  return `<div class="flags">${texts.join("")}</div>\n`;
}

const mostSteps = 8;
const niceSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 86_400];

function axis({ seconds }: Scale): string {
  const step = niceSteps.find((s) => seconds / s <= mostSteps) ?? seconds / mostSteps;
  const steps = Array.from({ length: Math.floor(seconds / step) + 1 }, (_, index) => index * step);
  const last = steps.at(-1) ?? 0;
  // The end replaces a step that is too near to it.
  const at = [...(seconds - last < step / 2 && last > 0 ? steps.slice(0, -1) : steps), seconds];
  const texts = at.map((s) => `<span style="left:${((s / seconds) * 100).toFixed(2)}%">${axisText(s)}</span>`);
  return `<div class="axis" aria-hidden="true">${texts.join("")}</div>\n`;
}

function axisText(seconds: number): string {
  return seconds === 0 ? "0" : formatSeconds(Math.round(seconds)).replace(".0 s", " s");
}
