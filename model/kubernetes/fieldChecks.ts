import { show } from "../mistakes";
import type { Mistakes } from "../mistakes";

/** Collects what is wrong with one field. */
export interface FieldRule {
  good: (value: unknown) => boolean;
  problem: string;
  remedy: string;
}

const matches =
  (pattern: RegExp, longest: number) =>
  (value: unknown): boolean =>
    typeof value === "string" && value.length <= longest && pattern.test(value);

/** What Kubernetes takes for the name of an object. */
export const objectName: FieldRule = {
  good: matches(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/, 253),
  problem: "is no name of an object",
  remedy: "Use lower-case letters, digits and dashes, such as neumann.",
};

/** What it takes for the name of a namespace, a Service or a container. */
export const labelName: FieldRule = {
  good: matches(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 63),
  problem: "is no name in Kubernetes",
  remedy: "Use lower-case letters, digits and dashes, at most 63, such as neumann.",
};

/** A repository with a tag or a digest; `latest` is another image tomorrow. */
export const pinnedImage: FieldRule = {
  good: (value) => {
    if (typeof value !== "string") return false;
    const found = /^[a-z0-9][\w./:-]*?(?::(?<tag>\w[\w.-]{0,127}))?(?:@sha256:(?<digest>[0-9a-f]{64}))?$/.exec(value);
    const { tag, digest } = found?.groups ?? {};
    return digest !== undefined || (tag !== undefined && tag !== "latest");
  },
  problem: "is no pinned image",
  remedy: "Name a tag that is not latest, or best a digest, such as registry.example.com/neumann-backup@sha256:….",
};

/** An amount of memory or of disk. */
export const memoryQuantity: FieldRule = {
  good: matches(/^[1-9]\d*(\.\d+)?(Ki|Mi|Gi|Ti|k|M|G|T)$/, 20),
  problem: "is no amount with a unit",
  remedy: "Write such as 256Mi or 50Gi.",
};

export const cpuQuantity: FieldRule = {
  good: matches(/^([1-9]\d*m|\d+(\.\d+)?)$/, 20),
  problem: "is no share of a processor",
  remedy: "Write such as 100m or 2.",
};

export const trueOrFalse: FieldRule = {
  good: (value) => typeof value === "boolean",
  problem: "must be true or false",
  remedy: "Write it without quotes.",
};

export const absolutePath: FieldRule = {
  good: matches(/^\/[^\s:]*[^/\s:]$/, 1000),
  problem: "must be an absolute path",
  remedy: "Write the whole path, such as /usr/local/bin.",
};

export function wholeNumber(least: number, most: number): FieldRule {
  return {
    good: (value) => Number.isInteger(value) && Number(value) >= least && Number(value) <= most,
    problem: `must be a whole number from ${least} to ${most}`,
    remedy: "Leave it out for the standard value.",
  };
}

/** A range of addresses. */
export const cidr: FieldRule = {
  good: (value) => {
    if (typeof value !== "string") return false;
    const [address = "", length = "", ...more] = value.split("/");
    if (more.length > 0 || !/^\d{1,3}$/.test(length)) return false;
    return isIpv4(address) ? Number(length) <= 32 : isIpv6(address) && Number(length) <= 128;
  },
  problem: "is no range of addresses",
  remedy: "Write such as 10.1.0.0/16.",
};

function isIpv4(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

function isIpv6(text: string): boolean {
  const halves = text.split("::");
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  const whole = halves.length === 2 ? groups.length < 8 : halves.length === 1 && groups.length === 8;
  return whole && groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group));
}

/** Collects a value that is there and wrong; what is left out has a default. */
export function checkField(value: unknown, path: string, rule: FieldRule, mistakes: Mistakes): void {
  if (value !== undefined && !rule.good(value)) mistakes.add(path, rule.problem, value, rule.remedy);
}

/** The same for each field of an object, and fields that nobody knows. */
export function checkFields(
  object: unknown,
  path: string,
  rules: Record<string, FieldRule | undefined>,
  mistakes: Mistakes,
): void {
  if (object === undefined) return;
  const names = Object.keys(rules).join(", ");
  if (typeof object !== "object" || object === null || Array.isArray(object)) {
    mistakes.add(path, "must be an object", object, `Use: ${names}.`);
    return;
  }
  for (const [name, value] of Object.entries(object) as [string, unknown][]) {
    const at = path === "" ? name : `${path}.${name}`;
    if (!Object.hasOwn(rules, name)) mistakes.add(at, "is not known", value, `Use one of: ${names}.`);
    else if (rules[name] !== undefined) checkField(value, at, rules[name], mistakes);
  }
}

/** Each item of a list that is not empty, none of them twice. */
export function checkItems(list: unknown, path: string, rule: FieldRule, mistakes: Mistakes): void {
  if (list === undefined) return;
  if (!Array.isArray(list) || list.length === 0) {
    mistakes.add(path, "must be a list with something in it", list, `Put it in brackets. ${rule.remedy}`);
    return;
  }
  list.forEach((item: unknown, at) => {
    if (!rule.good(item)) mistakes.add(`${path}[${at}]`, rule.problem, item, rule.remedy);
    else if (list.indexOf(item) !== at) mistakes.add(`${path}[${at}]`, "is there twice", item, "Keep one of them.");
  });
}

/** Labels as a selector names them. */
export const labelTexts: FieldRule = {
  good: (value) =>
    texts.good(value) &&
    Object.entries(value as Record<string, string>).every(
      ([name, text]) =>
        /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/.test(name) &&
        /^([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?$/.test(text),
    ),
  problem: "must be an object with labels",
  remedy: `Write such as ${show({ "node.kubernetes.io/instance-type": "m7i.large" })}.`,
};

/** Names and texts. */
export const texts: FieldRule = {
  good: (value) =>
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((text) => typeof text === "string"),
  problem: "must be an object with texts",
  remedy: `Write such as ${show({ "eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/prune" })}.`,
};
