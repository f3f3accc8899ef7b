import { Transient } from "./retry";

/** The few texts that a store answers with: flat XML of a known form, written by machines. */

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function unescape(text: string): string {
  return text.replace(/&(#x?)?([0-9a-z]+);/gi, (whole, number: string | undefined, name: string) => {
    if (number !== undefined) return String.fromCodePoint(parseInt(name, number === "#x" ? 16 : 10));
    return entities[name] ?? whole;
  });
}

/** Contents of all elements of a name, as they stand: an element never holds one of its own name. */
export function elements(xml: string, name: string): string[] {
  const found: string[] = [];
  const open = `<${name}>`;
  const close = `</${name}>`;
  for (let at = xml.indexOf(open); at >= 0;) {
    const end = xml.indexOf(close, at);
    if (end < 0) break;
    found.push(xml.slice(at + open.length, end));
    at = xml.indexOf(open, end);
  }
  return found;
}

/**
 * A text that ends as it has to: one that was cut on its way, behind the length that came with it, would look like a shorter
 * listing.
 * @throws Transient
 */
export function whole(xml: string, name: string): string {
  if (xml.trimEnd().endsWith(`</${name}>`)) return xml;
  throw new Transient(`an answer of the store has no end: it is no whole ${name}.`);
}

/** Text of the first element of a name. */
export function text(xml: string, name: string): string | undefined {
  const [first] = elements(xml, name);
  return first === undefined ? undefined : unescape(first);
}
