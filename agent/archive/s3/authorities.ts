import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { isCode } from "../../host/files";
import { WorldFault } from "../../run/errors";

const one = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/**
 * The certificates of a file: they alone are believed then. What else it holds stays out, also of messages.
 * @throws WorldFault when it cannot be read or holds none.
 */
export async function readAuthorities(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (!isCode(error, "ENOENT", "EACCES", "EISDIR")) throw error;
    throw new WorldFault(
      `the archive's caFile cannot be read: ${(error as Error).message}. Put the file there, readable for the database's user.`,
    );
  });
  const found = text.match(one) ?? [];
  if (found.length === 0 || !found.every(isCertificate)) {
    throw new WorldFault(
      `${file} holds ${found.length === 0 ? "no certificate" : "a certificate that cannot be read"}: the archive's caFile needs those of the authorities, in PEM.`,
    );
  }
  return found.join("\n");
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
