import { randomBytes } from "node:crypto";
import { type LocalInputs, type Previous, runLocal } from "./local";
import type { Operation } from "./operation";
import { copyToRemote, type CopyInputs, type RemoteInputs, runRemote } from "./remote";
import { type Shape, shapes } from "./shapes";
import { isUnknown, plain, type Properties, same, unknown } from "./values";

/** A resource type: what its inputs look like and what is done with them. */
export interface ResourceType {
  shape: Shape;
  create: (name: string, inputs: Properties, operation: Operation) => Promise<Created>;
  update: (state: Properties, inputs: Properties, operation: Operation) => Promise<Properties>;
  delete: (state: Properties, operation: Operation) => Promise<void>;
  previewCreate: (name: string, inputs: Properties) => Created;
  previewUpdate: (state: Properties, inputs: Properties) => Properties;
}

/** A new resource. */
export interface Created {
  id: string;
  outputs: Properties;
}

interface CommandInputs {
  create?: string;
  update?: string;
  delete?: string;
}
type Runner<T> = (command: string, inputs: T, previous: Previous, operation: Operation) => Promise<Properties>;

const uniqueId = (prefix: string) => `${prefix}${randomBytes(4).toString("hex")}`;
const unknownOutputs: Properties = { stdout: unknown, stderr: unknown };

/** The properties of a state or of inputs that the shape knows as inputs. */
function inputsOf(shape: Shape, properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => key in shape));
}

/** The properties of a state that are outputs only. */
function outputsOf(shape: Shape, state: Properties): Properties {
  return Object.fromEntries(Object.entries(state).filter(([key]) => !(key in shape)));
}

/** Whether a preview must take the outputs of an update for unknown: as the official one decides it. */
function outputsMayChange(shape: Shape, state: Properties, inputs: Properties): boolean {
  return Object.keys(shape).some((key) => isUnknown(inputs[key]) || (key in state && !same(state[key], inputs[key])));
}

function commandType<T extends object>(shape: Shape, run: Runner<T>): ResourceType {
  const runWith = async (command: string | undefined, inputs: Properties, old: Properties, operation: Operation) => {
    if (command === undefined) return { stdout: "", stderr: "", ...old };
    return { ...old, ...(await run(command, plain(inputs) as T, plain(old) as Previous, operation)) };
  };
  return {
    shape,
    create: async (name, raw, operation) => {
      const inputs = inputsOf(shape, raw);
      const { create } = plain(inputs) as CommandInputs;
      return { id: uniqueId(name), outputs: { ...inputs, ...(await runWith(create, inputs, {}, operation)) } };
    },
    update: async (state, raw, operation) => {
      const inputs = inputsOf(shape, raw);
      const { create, update } = plain(inputs) as CommandInputs;
      return { ...inputs, ...(await runWith(update ?? create, inputs, outputsOf(shape, state), operation)) };
    },
    delete: async (state, operation) => {
      const command = (plain(state) as CommandInputs).delete;
      if (command !== undefined) await runWith(command, inputsOf(shape, state), outputsOf(shape, state), operation);
    },
    previewCreate: (name, raw) => ({ id: uniqueId(name), outputs: { ...inputsOf(shape, raw), ...unknownOutputs } }),
    previewUpdate: (state, raw) => {
      const inputs = inputsOf(shape, raw);
      const old = { stdout: "", stderr: "", ...outputsOf(shape, state) };
      if (!outputsMayChange(shape, state, inputs)) return { ...inputs, ...old };
      return { ...inputs, ...Object.fromEntries(Object.keys(old).map((key) => [key, unknown])) };
    },
  };
}

const copyShape = shapes["command:remote:CopyToRemote"];

const copyType: ResourceType = {
  shape: copyShape,
  create: async (_name, raw, operation) => {
    const inputs = inputsOf(copyShape, raw);
    await copyToRemote(plain(inputs) as unknown as CopyInputs, operation);
    return { id: uniqueId(""), outputs: inputs };
  },
  update: async (state, raw, operation) => {
    const inputs = inputsOf(copyShape, raw);
    const [olds, news] = [plain(state), plain(inputs)] as unknown as [CopyInputs, CopyInputs];
    const changed = olds.source.hash !== news.source.hash || olds.remotePath !== news.remotePath;
    if (changed) await copyToRemote(news, operation);
    return inputs;
  },
  delete: () => Promise.resolve(),
  previewCreate: (_name, raw) => ({ id: "", outputs: inputsOf(copyShape, raw) }),
  previewUpdate: (_state, raw) => inputsOf(copyShape, raw),
};

/** The resource types by their tokens. */
export const resourceTypes: ReadonlyMap<string, ResourceType> = new Map([
  ["command:local:Command", commandType<LocalInputs>(shapes["command:local:Command"], runLocal)],
  ["command:remote:Command", commandType<RemoteInputs>(shapes["command:remote:Command"], runRemote)],
  ["command:remote:CopyToRemote", copyType],
]);

/** The function `command:local:run`. */
export async function invokeRun(args: Properties, operation: Operation): Promise<Properties> {
  const inputs = inputsOf(shapes["command:local:run"], args);
  const { command } = plain(inputs) as { command: string };
  return { ...inputs, ...(await runLocal(command, plain(inputs) as LocalInputs, {}, operation)) };
}
