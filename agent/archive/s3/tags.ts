import { expiredTag } from "../../../model/expiredTag";
import { elements, text } from "./xml";

/** Tags of an object by their keys. */
export type Tags = ReadonlyMap<string, string>;

/** Reads the answer to `GetObjectTagging`. */
export function tagsIn(xml: string): Tags {
  return new Map(elements(xml, "Tag").map((tag) => [text(tag, "Key") ?? "", text(tag, "Value") ?? ""]));
}

/** The body of `PutObjectTagging`, which replaces all tags of an object. */
export function taggingOf(tags: Tags): string {
  const one = ([key, value]: [string, string]): string =>
    `<Tag><Key>${escape(key)}</Key><Value>${escape(value)}</Value></Tag>`;
  return `<Tagging xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><TagSet>${[...tags].map(one).join("")}</TagSet></Tagging>`;
}

function escape(plain: string): string {
  return plain.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** The tags with ours at a value, or without it; undefined when they are so already. */
export function marked(tags: Tags, value: string | undefined): Tags | undefined {
  const { key } = expiredTag;
  if (tags.get(key) === value) return undefined;
  const others = [...tags].filter(([name]) => name !== key);
  return new Map(value === undefined ? others : [...others, [key, value]]);
}
