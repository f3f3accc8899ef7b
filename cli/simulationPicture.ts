import type { Simulation } from "../model/aws/simulation";
import { StorageClass } from "../model/aws/storageClasses";
import { formatBytes } from "../model/units";

/** One simulation of a picture. */
export interface Panel {
  title: string;
  simulation: Simulation;
}

const colors: Record<StorageClass, string> = {
  STANDARD: "#0969da",
  INTELLIGENT_TIERING: "#8250df",
  STANDARD_IA: "#1a7f37",
  ONEZONE_IA: "#9a6700",
  GLACIER_IR: "#1b9e9e",
  GLACIER: "#57606a",
  DEEP_ARCHIVE: "#bc4c00",
};
const order = Object.values(StorageClass);
const [width, height, left, top] = [460, 220, 70, 40] as const;
const panelWidth = width + left + 30;
/** More points than pixels would only be large. */
const mostPoints = 120;

/** What is stored by class, day by day, hidden versions included: one panel a simulation, all of one scale. */
export function simulationPicture(panels: readonly Panel[]): string {
  const stacks = panels.map(({ simulation }) => stacked(simulation));
  const most = Math.max(1, ...stacks.flat().map(({ sums }) => sums.at(-1) ?? 0));
  const used = order.filter((_, at) => stacks.flat().some(({ own }) => (own[at] ?? 0) > 0));
  const total = `${panelWidth * panels.length} ${height + top + 70}`;
  const parts = panels.map(
    ({ title }, at) =>
      `<g transform="translate(${at * panelWidth + left} ${top})">${panelOf(title, stacks[at] ?? [], most)}</g>`,
  );
  const legend = used.map(
    (name, at) =>
      `<g transform="translate(${left + at * 170} ${height + top + 48})"><rect width="12" height="12" fill="${colors[name]}"/><text x="18" y="11">${name}</text></g>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${total}" role="img" aria-labelledby="t" font-family="system-ui, sans-serif" font-size="13">`,
    `<title id="t">What is stored by storage class, day by day</title>`,
    `<style>text{fill:#1f2328}.axis{stroke:#57606a;stroke-width:1}@media (prefers-color-scheme:dark){text{fill:#e6edf3}.axis{stroke:#8b949e}}</style>`,
    ...parts,
    ...legend,
    "</svg>",
    "",
  ].join("\n");
}

interface Point {
  day: number;
  own: number[];
  /** Each with all before it. */
  sums: number[];
}

function stacked({ days }: Simulation): Point[] {
  const each = Math.max(1, Math.ceil(days.length / mostPoints));
  return days
    .filter((_, at) => at % each === 0 || at === days.length - 1)
    .map(({ day, holdings }) => {
      const own = order.map((name) => holdings.reduce((sum, { bytes }) => sum + (bytes[name] ?? 0), 0));
      return { day, own, sums: own.map((_, at) => own.slice(0, at + 1).reduce((a, b) => a + b, 0)) };
    });
}

function panelOf(title: string, points: readonly Point[], most: number): string {
  const last = points.at(-1)?.day ?? 1;
  const x = (day: number): string => ((width * (day - 1)) / Math.max(1, last - 1)).toFixed(1);
  const y = (bytes: number): string => (height * (1 - bytes / most)).toFixed(1);
  const areas = order.flatMap((name, at) => {
    if (points.every(({ own }) => own[at] === 0)) return [];
    const upper = points.map(({ day, sums }) => `${x(day)},${y(sums[at] ?? 0)}`);
    const lower = points.map(({ day, sums }) => `${x(day)},${y(at === 0 ? 0 : (sums[at - 1] ?? 0))}`).reverse();
    return [`<polygon fill="${colors[name]}" points="${[...upper, ...lower].join(" ")}"/>`];
  });
  return [
    `<text y="-14" font-weight="600">${escaped(title)}</text>`,
    ...areas,
    `<path class="axis" fill="none" d="M0 0V${height}H${width}"/>`,
    `<text x="-8" y="10" text-anchor="end">${formatBytes(most)}</text>`,
    `<text x="-8" y="${height}" text-anchor="end">0</text>`,
    `<text y="${height + 20}">day 1</text>`,
    `<text x="${width}" y="${height + 20}" text-anchor="end">day ${last}</text>`,
  ].join("\n");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
