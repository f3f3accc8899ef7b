import { isBackupId } from "./layout";
import { InputError } from "./mistakes";

/** What to restore, as a user writes it. */
export type RestorePoint = { kind: "latest-offsite" } | { kind: "latest" } | { kind: "backup"; backupId: string };

export const restorePointGrammar = "latest-offsite | latest | backup:ID";

/** @throws InputError when the text is none of the grammar. */
export function parseRestorePoint(text: string): RestorePoint {
  if (text === "latest-offsite" || text === "latest") return { kind: text };
  const backupId = text.startsWith("backup:") ? text.slice("backup:".length) : undefined;
  if (backupId !== undefined && isBackupId(backupId)) return { kind: "backup", backupId };
  const remedy = `Write one of: ${restorePointGrammar}. An ID is as \`neumann-backup list\` shows it.`;
  const mistake = { path: "restorePoint", problem: "is no restore point", received: text, remedy };
  throw new InputError("The restore point cannot be used", [mistake]);
}
