import path from "node:path";
import { ensureGoProgram } from "../toolchain/goProgram";

/** The S3 server that the tests run against: a Go tool of `lab/store/tools`. */
export const storeVersion = "1.8.0";

/** The server's program, built from its Go modules once. */
export function storeProgram(say: (line: string) => void): Promise<string> {
  const program = {
    name: "versitygw",
    version: storeVersion,
    role: "the S3 server",
    package: "github.com/versity/versitygw/cmd/versitygw",
    module: path.join(__dirname, "tools"),
    go: "1.25",
  };
  return ensureGoProgram(program, say);
}
