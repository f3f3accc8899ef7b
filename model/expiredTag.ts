/** What `prune` tags objects with; the bucket's lifecycle rules delete what has it. */
export const expiredTag = { key: "neumann-backup", value: "expired" } as const;
