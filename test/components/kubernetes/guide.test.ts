import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { renderFlags } from "../../../cli/renderRequest";
import { publicHalf } from "../../../components/kubernetes/signingKey";
import { backupObjects } from "../../../model/kubernetes/backupObjects";
import { describeRestart } from "../../../model/kubernetes/describe";
import { podPaths } from "../../../model/kubernetes/pod";
import { withDefaultNames } from "../../../model/kubernetes/request";
import { archiveCreateSchema } from "../../../model/specs";
import { parseJsonAs } from "../../../model/parse";
import { readDocument } from "../../format/document";
import { request } from "../../model/kubernetes/requests";

const root = path.resolve(__dirname, "../../..");
const page = readDocument("docs/kubernetes.md");

const blocks = (language: string) =>
  [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
    .filter(([, name]) => name === language)
    .map(([, , text]) => text ?? "");

it("docs/kubernetes.md shows the preview as it is", () => {
  expect(blocks("text")).toEqual([`${describeRestart(withDefaultNames({}))}\n`]);
});

it("docs/kubernetes.md names files, jobs, containers and labels as they are", () => {
  const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as { version: string };
  const { cronJobs, patch } = backupObjects(request);
  const commands = blocks("bash").join("");
  const found = (pattern: RegExp) => [...new Set([...commands.matchAll(pattern)].map(([, text]) => text))].sort();
  expect(found(/(neumann-backup-[\d.]+-amd64\.oci\.tar)/g)).toEqual([`neumann-backup-${version}-amd64.oci.tar`]);
  const jobs = cronJobs.map(({ metadata }) => metadata.name);
  for (const job of found(/cronjob\/(\S+)/g)) expect(jobs).toContain(job);
  const containers = patch.spec.template.spec.initContainers.map(({ name }) => name);
  for (const container of found(/ -c (\S+)/g)) expect(containers).toContain(container);
  expect(patch.spec.template.metadata.labels).toMatchObject(
    Object.fromEntries(found(/ -l (\S+)/g).map((label) => (label ?? "").split("="))),
  );
  expect(found(/--config (\/\S+)/g)).toEqual([`${podPaths.agent}/agent.json`]);
});

it("docs/kubernetes.md explains every flag of render, and makes an archive as the agent takes it", () => {
  for (const { name } of renderFlags.filter(({ name }) => name !== "help")) expect(page).toContain(`--${name}`);
  const [, text = ""] = /echo '(\{.*\})' \|\n {2}neumann-backup archive-create/.exec(page) ?? [];
  expect(parseJsonAs(archiveCreateSchema, text, "the page's archive", "Mend the page.")).toMatchObject({
    role: "primary",
  });
});

it.each(["docs/kubernetes.md", "docs/kubernetes-recovery.md", "docs/kubernetes-objects.md"])(
  "%s links to pages and headings that are there",
  (name) => {
    for (const [, link = ""] of readDocument(name).matchAll(/\]\(([^)]+)\)/g)) {
      const [file = "", heading] = link.split("#");
      const target = file === "" ? name : path.join("docs", file);
      expect([link, existsSync(path.join(root, target))]).toEqual([link, true]);
      if (heading !== undefined) expect(headingsOf(readDocument(target))).toContain(heading);
    }
  },
);

function headingsOf(text: string): string[] {
  const titles = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) => title.toLowerCase());
  return titles.map((title) => title.replace(/[^\w\- ]/g, "").replaceAll(" ", "-"));
}

it("docs/kubernetes.md prints the public half of a key as policies name it", () => {
  const [command = ""] = /^`openssl (.+)`$/m.exec(page)?.[0].split("`").filter(Boolean) ?? [];
  const folder = mkdtempSync(path.join(os.tmpdir(), "signing-"));
  try {
    const pem = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    writeFileSync(path.join(folder, "key.pem"), pem);
    expect(execFileSync("sh", ["-c", command], { cwd: folder }).toString()).toBe(publicHalf(pem));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
