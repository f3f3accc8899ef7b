/**
 * A path pattern as a regular expression, in the dialect of github.com/gobwas/glob with "/" as separator: `*` and `?`
 * stop at a separator, `**` does not, names that begin with a dot are not special.
 */
export function globToRegExp(pattern: string): RegExp {
  let source = "";
  let braces = 0;
  for (let i = 0; i < pattern.length; i += 1) {
    const rest = pattern.slice(i);
    const set = /^\[(!?)([^\]]+)\]/.exec(rest);
    if (rest.startsWith("**")) {
      source += ".*";
      i += 1;
    } else if (set) {
      source += `[${set[1] ? "^" : ""}${(set[2] ?? "").replaceAll("\\", "\\\\")}]`;
      i += set[0].length - 1;
    } else {
      const char = pattern.charAt(i);
      braces += char === "{" ? 1 : char === "}" ? -1 : 0;
      source += single(char, braces > 0);
    }
  }
  if (braces !== 0) throw new Error(`the pattern ${JSON.stringify(pattern)} has an unbalanced brace`);
  return new RegExp(`^${source}$`, "s");
}

function single(char: string, inBraces: boolean): string {
  if (char === "*") return "[^/]*";
  if (char === "?") return "[^/]";
  if (char === "{") return "(?:";
  if (char === "}") return ")";
  if (char === "," && inBraces) return "|";
  return char.replace(/[\\^$.+|()[\]]/, "\\$&");
}
