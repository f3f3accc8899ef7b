import { assetKind, isObject, isSecret, isUnknown, type Properties, reveal, secret, type Value } from "./values";

type FieldType = "string" | "boolean" | "number" | "strings" | "list" | "map" | "logging" | "source" | Shape;

interface Field {
  type: FieldType;
  required?: boolean;
  secret?: boolean;
  replaceOnChanges?: boolean;
  default?: Value;
}

/** The properties of an object by name. */
export type Shape = { readonly [name: string]: Field };

const endpoint: Shape = {
  user: { type: "string", default: "root" },
  password: { type: "string", secret: true },
  host: { type: "string", required: true },
  port: { type: "number", default: 22 },
  privateKey: { type: "string", secret: true },
  privateKeyPassword: { type: "string", secret: true },
  agentSocketPath: { type: "string" },
  dialErrorLimit: { type: "number", default: 10 },
  perDialTimeout: { type: "number", default: 15 },
  hostKey: { type: "string" },
};
const connection: Shape = { ...endpoint, proxy: { type: endpoint } };

const lifecycle: Shape = {
  triggers: { type: "list", replaceOnChanges: true },
  create: { type: "string" },
  update: { type: "string" },
  delete: { type: "string" },
};
const execution: Shape = {
  stdin: { type: "string" },
  logging: { type: "logging" },
  environment: { type: "map" },
  addPreviousOutputInEnv: { type: "boolean" },
};
const localExecution: Shape = {
  ...execution,
  interpreter: { type: "strings" },
  dir: { type: "string" },
  assetPaths: { type: "strings" },
  archivePaths: { type: "strings" },
};
const connected: Shape = { connection: { type: connection, required: true, secret: true } };

/** The inputs of each resource and function of the published schema that the library uses. */
export const shapes = {
  "command:local:Command": { ...lifecycle, ...localExecution },
  "command:local:run": { ...localExecution, command: { type: "string", required: true } },
  "command:remote:Command": { ...lifecycle, ...execution, ...connected },
  "command:remote:CopyToRemote": {
    ...connected,
    triggers: { type: "list", replaceOnChanges: true },
    source: { type: "source", required: true },
    remotePath: { type: "string", required: true },
  },
} as const satisfies Record<string, Shape>;

/** A property that is wrong, and why. */
export interface Failure {
  property: string;
  reason: string;
}

const isMember = (value: Value, ...types: string[]) => types.includes(typeof value);
const loggingModes = ["stdout", "stderr", "stdoutAndStderr", "none"] as const;

const known: Record<Exclude<FieldType, Shape>, { is: (value: Value) => boolean; name: string }> = {
  string: { is: (value) => isMember(value, "string"), name: "a string" },
  boolean: { is: (value) => isMember(value, "boolean"), name: "a boolean" },
  number: { is: (value) => isMember(value, "number"), name: "a number" },
  strings: {
    is: (value) => Array.isArray(value) && value.every((v) => isMember(reveal(v), "string")),
    name: "a list of strings",
  },
  list: { is: (value) => Array.isArray(value), name: "a list" },
  map: {
    is: (value) => isObject(value) && Object.values(value).every((v) => isMember(reveal(v), "string")),
    name: "a map of strings",
  },
  logging: { is: (value) => loggingModes.some((mode) => mode === value), name: `one of ${loggingModes.join(", ")}` },
  source: { is: (value) => assetKind(value) !== undefined, name: "an asset or an archive" },
};

/**
 * The inputs with defaults filled in and with everything secret marked so, and what is wrong with them. What the shape
 * does not know is left out.
 */
export function checkInputs(
  shape: Shape,
  inputs: Properties,
  prefix = "",
): { inputs: Properties; failures: Failure[] } {
  const checked: Properties = {};
  const failures: Failure[] = [];
  for (const [name, field] of Object.entries(shape)) {
    const property = `${prefix}${name}`;
    const given = inputs[name] ?? field.default ?? null;
    if (given === null) {
      if (field.required) failures.push({ property, reason: `missing required property '${property}'` });
      continue;
    }
    const value = checkValue(field.type, given, property, failures);
    checked[name] = field.secret ? secret(value) : value;
  }
  return { inputs: checked, failures };
}

function checkValue(type: FieldType, given: Value, property: string, failures: Failure[]): Value {
  const value = reveal(given);
  if (isUnknown(value)) return given;
  if (typeof type === "string") {
    const { is, name } = known[type];
    if (!is(value)) failures.push({ property, reason: `'${property}' must be ${name}` });
    return given;
  }
  if (!isObject(value)) {
    failures.push({ property, reason: `'${property}' must be an object` });
    return given;
  }
  const nested = checkInputs(type, value, `${property}.`);
  failures.push(...nested.failures);
  return isSecret(given) ? secret(nested.inputs) : nested.inputs;
}
