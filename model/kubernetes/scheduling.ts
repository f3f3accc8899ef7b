import type { Mistakes } from "../mistakes";
import { checkFields, type FieldRule, labelTexts, objectName, wholeNumber } from "./fieldChecks";

/** What a pod puts up with on a node. */
export interface Toleration {
  /** @default every taint */
  key?: string;
  /** @default every value */
  value?: string;
  /** NoSchedule, PreferNoSchedule or NoExecute. @default every effect */
  effect?: string;
  /** How long it stays on a node that gets the taint; with NoExecute alone. @default for ever */
  seconds?: number;
}

/** Where pods run. */
export interface Scheduling {
  /** Labels of the nodes. @default every node */
  nodeSelector?: Record<string, string>;
  tolerations?: Toleration[];
  /** @default the cluster's default class */
  priorityClassName?: string;
}

/** The fields of a pod that say it; none where nothing is asked for. */
export function schedulingOf({ nodeSelector, tolerations, priorityClassName }: Scheduling = {}) {
  return {
    ...(nodeSelector === undefined ? {} : { nodeSelector }),
    ...(tolerations === undefined ? {} : { tolerations: tolerations.map(tolerationOf) }),
    ...(priorityClassName === undefined ? {} : { priorityClassName }),
  };
}

function tolerationOf({ key, value, effect, seconds }: Toleration) {
  return {
    ...(key === undefined ? {} : { key }),
    ...(value === undefined ? { operator: "Exists" } : { operator: "Equal", value }),
    ...(effect === undefined ? {} : { effect }),
    ...(seconds === undefined ? {} : { tolerationSeconds: seconds }),
  };
}

const noExecute = "NoExecute";
const effects = ["NoSchedule", "PreferNoSchedule", noExecute];

const taintKey: FieldRule = {
  good: (value) =>
    typeof value === "string" &&
    value.length <= 317 &&
    /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/.test(value),
  problem: "is no key of a taint",
  remedy: "Write it as `kubectl describe node` shows it, such as dedicated.",
};

const taintValue: FieldRule = {
  good: (value) => typeof value === "string" && /^([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?$/.test(value),
  problem: "is no value of a taint",
  remedy: "Write it as `kubectl describe node` shows it, or leave it out for every value.",
};

const taintEffect: FieldRule = {
  good: (value) => typeof value === "string" && effects.includes(value),
  problem: "is no effect of a taint",
  remedy: `Use one of: ${effects.join(", ")}; or leave it out for all of them.`,
};

const tolerationRules: Record<string, FieldRule> = {
  key: taintKey,
  value: taintValue,
  effect: taintEffect,
  seconds: wholeNumber(0, 30 * 24 * 3600),
};

/** Collects what is wrong with where pods shall run. */
export function checkScheduling(scheduling: unknown, path: string, mistakes: Mistakes): void {
  const rules = { nodeSelector: labelTexts, tolerations: undefined, priorityClassName: objectName };
  checkFields(scheduling, path, rules, mistakes);
  const tolerations = (scheduling as { tolerations?: unknown } | null | undefined)?.tolerations;
  if (tolerations === undefined) return;
  if (!Array.isArray(tolerations) || tolerations.length === 0) {
    const remedy = 'Put it in brackets, such as [{ key: "dedicated", value: "backup" }].';
    mistakes.add(`${path}.tolerations`, "must be a list with something in it", tolerations, remedy);
    return;
  }
  tolerations.forEach((each: unknown, at) => checkToleration(each, `${path}.tolerations[${at}]`, mistakes));
}

function checkToleration(toleration: unknown, path: string, mistakes: Mistakes): void {
  checkFields(toleration, path, tolerationRules, mistakes);
  if (typeof toleration !== "object" || toleration === null) return;
  const { key, value, effect, seconds } = toleration as Toleration;
  if (key === undefined && value !== undefined) {
    mistakes.add(`${path}.key`, "is required with a value", key, "Name the taint that has it.");
  }
  if (seconds !== undefined && effect !== noExecute) {
    const remedy = "Nothing else makes a pod leave: write it so, or leave seconds out.";
    mistakes.add(`${path}.effect`, `must be ${noExecute} where there are seconds`, effect, remedy);
  }
}
