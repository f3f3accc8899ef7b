import { rename, writeFile } from "node:fs/promises";

/** Replaces a file: a reader sees the old content or the new one, never a part. */
export async function replaceFile(file: string, content: string): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  await writeFile(temporary, content);
  await rename(temporary, file);
}
