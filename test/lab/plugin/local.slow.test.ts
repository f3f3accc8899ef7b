import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { alive, type Events, lines, Project, type Resource, scratch } from "./harness";

const folder = scratch();
const log = path.join(folder, "log");
const work = path.join(folder, "work");
const note = (text: string) => `echo "${text}" >> ${log}`;
/** What the commands noted since the last look. */
let seen = 0;
function noted(): string[] {
  const all = lines(log);
  const fresh = all.slice(seen);
  seen = all.length;
  return fresh;
}

let project: Project;
let pids: number[] = [];
beforeAll(async () => {
  mkdirSync(path.join(work, "sub"), { recursive: true });
  project = await Project.make("local", folder);
});
afterAll(() => pids.filter(alive).forEach((pid) => process.kill(pid, "SIGKILL")));

function first() {
  const basic = new local.Command("basic", {
    create: `${note("basic create")}; printf 'out\\n\\n'; echo err >&2`,
    delete: `echo basic delete $PULUMI_COMMAND_STDOUT $PULUMI_COMMAND_STDERR >> ${log}`,
  });
  const chained = new local.Command("chained", { create: "cat", stdin: pulumi.interpolate`<${basic.stdout}>` });
  const environment = new local.Command("environment", {
    create: 'echo "$GIVEN in $(pwd)"',
    environment: { GIVEN: "value" },
    dir: work,
  });
  const interpreter = new local.Command("interpreter", {
    interpreter: [process.execPath, "-e"],
    create: "process.stdout.write(String(6 * 7))",
  });
  const nothing = new local.Command("nothing", { delete: note("nothing delete") });
  const files = new local.Command("files", {
    create: "mkdir -p sub; echo one > one.txt; echo two > sub/two.txt; echo no > sub/secret.txt",
    dir: work,
    assetPaths: ["**.txt", "!**secret*"],
    archivePaths: ["sub/*"],
  });
  const confidential = new local.Command(
    "confidential",
    { create: "cat", stdin: pulumi.secret("hush"), logging: "none" },
    { additionalSecretOutputs: ["stdout"] },
  );
  for (const logging of ["stdout", "stderr", "stdoutAndStderr", "none"] as const) {
    new local.Command(`logging-${logging}`, { create: "echo o-line; echo e-line >&2; printf tail", logging });
  }
  const spawn =
    'const c = require("node:child_process").spawn("sleep", ["300"], { stdio: "ignore" }); console.log(c.pid); c.unref()';
  const daemons = new local.Command("daemons", {
    create: `setsid sleep 300 </dev/null >/dev/null 2>&1 & echo $!; ${process.execPath} -e '${spawn}'`,
    logging: "none",
  });
  const run = local.runOutput({
    command: "cat; echo $GIVEN",
    stdin: "in ",
    environment: { GIVEN: "env" },
    logging: "none",
  });
  return {
    basic: basic.stdout,
    stderr: basic.stderr,
    chained: chained.stdout,
    environment: environment.stdout,
    interpreter: interpreter.stdout,
    nothing: nothing.stdout,
    assets: files.assets.apply((assets) => Object.keys(assets ?? {})),
    daemons: daemons.stdout,
    confidential: confidential.stdout,
    run: run.stdout,
  };
}

describe("a first deployment", () => {
  let outputs: Record<string, unknown>;
  let events: Events;
  let resources: Map<string, Resource>;

  beforeAll(async () => {
    project.program = first;
    const preview = await project.stack.preview();
    expect(preview.changeSummary).toMatchObject({ create: 13 });
    expect(noted(), "a preview runs nothing").toEqual([]);
    const up = await project.up();
    ({ outputs, events } = up);
    resources = await project.resources();
    pids = String(outputs["daemons"]).split("\n").map(Number);
  });

  it("gives both streams without their last line break", () => {
    expect(outputs).toMatchObject({ basic: "out\n", stderr: "err" });
    expect(noted()).toEqual(["basic create"]);
  });

  it("passes standard input, environment, folder and interpreter", () => {
    expect(outputs).toMatchObject({ chained: "<out\n>", environment: `value in ${work}`, interpreter: "42" });
  });

  it("runs the function with its input and environment", () => {
    expect(outputs["run"]).toBe("in env");
  });

  it("creates a resource with no create command, and empty outputs", () => {
    expect(outputs["nothing"]).toBe("");
  });

  it("names a resource after its name and eight random digits", () => {
    expect(resources.get("basic")?.id).toMatch(/^basic[0-9a-f]{8}$/);
  });

  it("returns the files that the patterns choose", () => {
    expect(outputs["assets"]).toEqual(["one.txt", "sub/two.txt"]);
    const { assets, archive } = resources.get("files")?.outputs as Record<string, Record<string, unknown>>;
    expect(assets?.["one.txt"]).toMatchObject({
      path: path.join(work, "one.txt"),
      hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    expect(archive?.["hash"]).toMatch(/^[0-9a-f]{64}$/);
    expect(Object.keys(archive?.["assets"] as object).sort()).toEqual(["sub/secret.txt", "sub/two.txt"]);
  });

  it("shows the streams that the logging mode names, line by line and only while they are new", () => {
    expect(events.of("logging-stdout")).toEqual(["o-line", "tail"]);
    expect(events.of("logging-stderr")).toEqual(["e-line"]);
    expect(events.of("logging-none")).toEqual([]);
    expect(events.of("logging-stdoutAndStderr").join(" ")).toContain("e-line");
    expect(
      events.messages.filter((message) => message.resource.startsWith("logging")).every((message) => message.ephemeral),
    ).toBe(true);
  });

  it("keeps what is secret secret in the state", () => {
    expect(project.stateFile()).not.toContain("hush");
    expect(outputs["confidential"]).toBe("hush");
    expect(resources.get("confidential")?.outputs["stdin"]).toHaveProperty("plaintext");
  });

  it("ends with the engine what a command left in its process group, and leaves alone what detached itself", () => {
    const [detached = 0, left = 0] = pids;
    expect(alive(detached)).toBe(true);
    expect(alive(left)).toBe(false);
  });

  it("has nothing to change afterwards", async () => {
    await project.stack.preview({ expectNoChanges: true });
  });
});

interface Changing {
  text: string;
  triggers?: string[];
  more?: boolean;
}

function changing({ text, triggers, more }: Changing) {
  const environment = { TEXT: text };
  const earlier = "was '$PULUMI_COMMAND_STDOUT'";
  new local.Command("updated", {
    create: "echo created",
    update: `${note(`updated update ${text} ${earlier}`)}; echo updated-${text}`,
    delete: note(`updated delete ${earlier}`),
    environment,
  });
  new local.Command("recreated", {
    create: `${note(`recreated create ${text} ${earlier}`)}; echo ${text}`,
    environment,
  });
  new local.Command("forgetful", {
    create: `${note(`forgetful create ${text} ${earlier}`)}; echo ${text}`,
    addPreviousOutputInEnv: false,
  });
  new local.Command("triggered", {
    create: `${note(`triggered create ${earlier}`)}; echo made-${text}`,
    delete: note(`triggered delete ${earlier}`),
    triggers: ["same", ...(triggers ?? [])],
    environment,
  });
  new local.Command("newly-triggered", { create: note("newly-triggered create"), ...(more && { triggers: ["any"] }) });
  new local.Command("same", { create: note("same create") });
  new local.Command("ignored", { create: note("ignored create"), environment }, { ignoreChanges: ["environment"] });
  const dependency = new local.Command("dependency", { create: `echo ${text}` });
  new local.Command("dependent", { create: note(`dependent create ${text}`), stdin: dependency.stdout });
}

describe("changes", () => {
  it("run update, else create, else nothing", async () => {
    project.program = () => changing({ text: "one", triggers: ["first"] });
    await project.up();
    expect(noted().sort()).toEqual(
      [
        "basic delete out err",
        "dependent create one",
        "forgetful create one was ''",
        "ignored create",
        "newly-triggered create",
        "nothing delete",
        "recreated create one was ''",
        "same create",
        "triggered create was ''",
      ].sort(),
    );
  });

  it("replace when a trigger changes: first the new is created, then the old delete runs", async () => {
    const before = await project.resources();
    project.program = () => changing({ text: "two", triggers: ["second"], more: true });
    const preview = await project.stack.preview();
    expect(preview.changeSummary).toMatchObject({ update: 5, replace: 2 });
    await project.up();
    const events = noted();
    expect(events.filter((line) => line.startsWith("triggered"))).toEqual([
      "triggered create was ''",
      "triggered delete was 'made-one'",
    ]);
    expect(events.filter((line) => !line.startsWith("triggered")).sort()).toEqual(
      [
        "dependent create two",
        "forgetful create two was ''",
        "newly-triggered create",
        "recreated create two was 'one'",
        "updated update two was 'created'",
      ].sort(),
    );
    const after = await project.resources();
    const sameId = (name: string) => before.get(name)?.id === after.get(name)?.id;
    expect(["updated", "recreated", "ignored"].map(sameId)).toEqual([true, true, true]);
    expect(["triggered", "newly-triggered"].map(sameId)).toEqual([false, false]);
    expect(after.get("updated")?.outputs["stdout"]).toBe("updated-two");
  });

  it("are none the second time, also after a refresh", async () => {
    await project.stack.refresh();
    await project.stack.preview({ expectNoChanges: true });
    expect(noted()).toEqual([]);
  });
});

describe("failures", () => {
  it("say how the command ended and what it printed, and the time limit ends one that does not end", async () => {
    const pidFile = path.join(folder, "slow.pid");
    project.program = () => {
      changing({ text: "two", triggers: ["second"], more: true });
      new local.Command("fails", { create: "echo before; echo trouble >&2; exit 3" });
      new local.Command("no-folder", { create: "true", dir: path.join(folder, "not-there") });
      new local.Command("no-program", { create: "true", interpreter: ["no-such-program"] });
      new local.Command(
        "slow",
        { create: `echo $$ > ${pidFile}; exec sleep 300` },
        { customTimeouts: { create: "2s" } },
      );
    };
    const { errors } = await project.fail();
    expect(errors).toMatch(/exit status 3: running "echo before; .*":\s+before\s+trouble/s);
    expect(errors).toMatch(/chdir .*not-there: no such file or directory/);
    expect(errors).toMatch(/exec: "no-such-program": executable file not found/);
    expect(errors).toMatch(/signal: killed/);
    expect(alive(Number(readFileSync(pidFile, "utf8")))).toBe(false);
    expect([...(await project.resources()).keys()]).not.toContain("fails");
  });

  it("of an update keep the old state, and the next deployment tries again", async () => {
    const gate = path.join(folder, "gate");
    const program = (text: string) => () => {
      new local.Command("updated", { create: "false", update: `test -e ${gate} && echo ${text}` });
    };
    project.program = program("three");
    await project.fail();
    expect((await project.resources()).get("updated")?.outputs["stdout"]).toBe("updated-two");
    writeFileSync(gate, "");
    await project.up();
    expect((await project.resources()).get("updated")?.outputs["stdout"]).toBe("three");
  });
});

describe("the end", () => {
  it("runs delete with what was printed before", async () => {
    noted();
    project.program = () => {
      new local.Command("last", {
        create: "echo o; echo e >&2",
        delete: note("last delete $PULUMI_COMMAND_STDOUT $PULUMI_COMMAND_STDERR"),
      });
    };
    await project.up();
    await project.stack.destroy();
    expect(noted()).toEqual(["last delete o e"]);
  });
});
