import type { BackupPolicy } from "./policy";
import type { StoredVerification } from "./records";

/** Depth of the record that a backup was really decrypted: by a verification that restored it, or by a recovery. */
export const decryptedDepth = "decrypted";

/** What is wrong while nobody has shown that the backups of this policy can be decrypted; null: somebody has, or nothing is encrypted. */
export function decryptionProblem(policy: BackupPolicy, verifications: readonly StoredVerification[]): string | null {
  const { recipients } = policy.encryption;
  if (recipients.length === 0) return null;
  const tried = verifications.find(({ depth }) => depth === decryptedDepth)?.recipients ?? [];
  if (sorted(tried) === sorted(recipients)) return null;
  const last = tried.length === 0 ? "" : ` (the last that was decrypted was encrypted to ${tried.join(", ")})`;
  return `no backup for ${recipients.join(", ")} was ever decrypted${last}: nobody knows whether the identity is there. Run \`neumann-backup verify --depth restore --identity-file FILE\` on a node`;
}

function sorted(recipients: readonly string[]): string {
  return [...recipients].sort().join(" ");
}
