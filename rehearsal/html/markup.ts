/** Text in which nothing is markup. */
export function escape(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** A section with a heading of the second level. */
export function section(id: string, title: string, content: string): string {
  return `<section aria-labelledby="${id}"><h2 id="${id}">${escape(title)}</h2>\n${content}</section>\n`;
}

/** A cell: plain text, or markup that is trusted. */
export type Cell = string | { markup: string };

/** A table; the first cell of each row heads it. */
export function table(caption: string, head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const columns = head.map((cell) => `<th scope="col">${escape(cell)}</th>`).join("");
  const body = rows.map((row) => `<tr>${row.map(cellOf).join("")}</tr>`).join("\n");
  return (
    `<div class="scroll" tabindex="0" role="region" aria-label="${escape(caption)}"><table>` +
    `<caption>${escape(caption)}</caption><thead><tr>${columns}</tr></thead><tbody>\n${body}\n</tbody></table></div>\n`
  );
}

function cellOf(cell: Cell, column: number): string {
  const content = typeof cell === "string" ? escape(cell) : cell.markup;
  return column === 0 ? `<th scope="row">${content}</th>` : `<td>${content}</td>`;
}

/** Terms with what they stand for. */
export function terms(pairs: readonly (readonly [string, Cell])[]): string {
  const items = pairs.map(([term, cell]) => {
    const content = typeof cell === "string" ? escape(cell) : cell.markup;
    return `<div><dt>${escape(term)}</dt><dd>${content}</dd></div>`;
  });
  return `<dl>${items.join("\n")}</dl>\n`;
}

/** Good or not: a sign and a word, not only a colour. */
export function mark(good: boolean, word: string): Cell {
  return { markup: `<span class="${good ? "good" : "bad"}">${good ? "✓" : "✗"} ${escape(word)}</span>` };
}

/** A name that people copy. */
export function code(text: string): Cell {
  return { markup: `<code>${escape(text)}</code>` };
}

/** A moment: the time of day in UTC, the whole for machines. */
export function time(iso: string): Cell {
  return { markup: `<time datetime="${escape(iso)}">${escape(iso.slice(11, 19))}</time>` };
}
