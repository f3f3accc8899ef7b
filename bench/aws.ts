import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { median, must, type Row, timed } from "./support";

const root = path.dirname(__dirname);
const runs = 5;

/** The part for AWS: what importing it costs beside what it needs of `@pulumi/aws`, and programs beside bare resources. */
export async function benchAws(say: (line: string) => void): Promise<Row[]> {
  return [await importing(), ...[1, 10, 100, 300].map((nodes) => program(nodes, say))];
}

async function importing(): Promise<Row> {
  const load = (modules: readonly string[]): (() => void) => {
    const text = modules.map((name) => `require(${JSON.stringify(name)})`).join(";");
    return () => void must(process.execPath, ["-e", text], { cwd: root });
  };
  const ours = load(["./components/aws"]);
  const rival = load(neededOfAws());
  const figures: [number[], number[]] = [[], []];
  for (let run = 0; run < runs; run += 1) {
    figures[0].push((await timed(ours)).seconds);
    figures[1].push((await timed(rival)).seconds);
  }
  return {
    what: "import of pulumi-neumann/aws, s",
    ours: median(figures[0]),
    rival: median(figures[1]),
    kind: "ratio",
    atMost: 1.2,
    rivalName: "its subpaths of @pulumi/aws",
  };
}

/** What the components import of it, types apart. */
function neededOfAws(): string[] {
  const folder = path.join(root, "components", "aws");
  const compiled = fs.readdirSync(folder).filter((name) => name.endsWith(".js"));
  const named = compiled.flatMap((name) => [
    ...fs.readFileSync(path.join(folder, name), "utf8").matchAll(/require\("(@pulumi\/aws\/[^"]+)"\)/g),
  ]);
  return [...new Set(named.map(([, subpath]) => subpath as string))];
}

interface Measured {
  resources: number;
  ours: number;
  bare: number;
}

function program(nodes: number, say: (line: string) => void): Row {
  const text = execFileSync(process.execPath, [path.join(__dirname, "awsProgram.js"), String(nodes)], {
    encoding: "utf8",
  });
  const { resources, ours, bare } = JSON.parse(text) as Measured;
  say(`${nodes} nodes: ${resources} resources`);
  return {
    what: `program with ${nodes} ${nodes === 1 ? "node" : "nodes"} under mocks, s`,
    ours,
    rival: bare,
    kind: "ratio",
    atMost: 1.3,
    rivalName: "as many bare resources",
  };
}
