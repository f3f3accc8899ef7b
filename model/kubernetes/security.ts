/** User and group of the database and of all that works on its files. */
export const databaseUser = 65_534;

/** What each of our containers may: the level `restricted` of pod security, and nothing that is not needed. */
export const containerSecurity = {
  runAsUser: databaseUser,
  runAsGroup: databaseUser,
  runAsNonRoot: true,
  readOnlyRootFilesystem: true,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};

/** The same for a pod of our own. Its group reads Secrets and writes volumes. */
export const podSecurity = {
  runAsUser: databaseUser,
  runAsGroup: databaseUser,
  runAsNonRoot: true,
  fsGroup: databaseUser,
  fsGroupChangePolicy: "OnRootMismatch",
  seccompProfile: { type: "RuntimeDefault" },
};
