import path from "node:path";
import { local } from "@pulumi/command";
import { expect, it } from "vitest";
import { ofGeneration } from "../../../components/aws/nodeMachine";
import { after } from "../../../components/dependency";
import { lines, Project, scratch } from "../../lab/plugin/harness";

const folder = scratch();
const diary = path.join(folder, "diary");

/** A node as Ec2Nodes makes it, and what is made after it, with commands in place of AWS's resources. */
function program(image: string, generation: number): void {
  const tell = (text: string) => `echo ${text} >> ${diary}`;
  const instance = new local.Command(
    "instance",
    { create: tell(`instance of ${image}`), update: tell("changed"), delete: tell("no instance") },
    { ...ofGeneration(generation), ignoreChanges: ["create"] },
  );
  const attachment = new local.Command(
    "attachment",
    { create: tell("attached"), delete: tell("detached"), triggers: [instance.id] },
    { deleteBeforeReplace: true },
  );
  const ready = new local.Command("ready", { create: tell("ready"), stdin: instance.id }, { dependsOn: [attachment] });
  new local.Command("restore", {
    create: tell("restored"),
    stdin: after([ready], "host"),
    triggers: [after([ready], "r1")],
  });
}

it("replaces an instance for a new generation alone, with the image of then, and restores nothing again", async () => {
  const project = await Project.make("generation", folder);
  const up = async (image: string, generation: number): Promise<string[]> => {
    const before = lines(diary).length;
    project.program = () => program(image, generation);
    await project.up();
    return lines(diary).slice(before);
  };
  expect(await up("old", 1)).toEqual(["instance of old", "attached", "ready", "restored"]);
  expect(await up("new", 1)).toEqual([]);
  expect(await up("new", 2)).toEqual(["detached", "no instance", "instance of new", "attached", "ready"]);
  expect(await up("new", 2)).toEqual([]);
});
