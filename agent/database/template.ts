import { stringify } from "@decimalturn/toml-patch";
import { configTemplate } from "../../model/configTemplate";
import { parseConfig } from "./config";

/** The keys that are left out are named; where backups are encrypted not even their names are for everybody. */
function heading(removed: readonly string[], encrypted: boolean): string {
  const left = encrypted ? "everything that the database's interface does not document" : removed.join(", ");
  return `# For the nodes of a recovery: config.toml without what was one node's own, and without what looks like a secret.
# Comments are not kept. Left out: ${left === "" ? "nothing" : left}.
# Write [node] id and bind_address, and [cluster] peers = [] before the first start (docs/format.md).

`;
}

/**
 * A node's configuration as a template: the same text for every node that differs in nothing but what is its own.
 * @throws InputError when the file is no configuration of the database.
 */
export function templateText(text: string, file: string, options: { encrypted: boolean }): string {
  const { values, removed } = configTemplate(parseConfig(text, file), options);
  return heading(removed, options.encrypted) + stringify(values);
}
