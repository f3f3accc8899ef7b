import type { Command } from "commander";
import { formatBytes } from "../../model/units";
import { fetchSoftware } from "../commands/software";
import { archiveOf, trustedKeysOf, type TrustOptions, withTrustedArchive } from "./archiveFlags";
import { table } from "./output";
import type { GlobalOptions, Runner } from "./program";

/** `software`: what new nodes are made of, out of the off-site archive. */
export function addSoftwareCommand(program: Command, run: Runner, options: () => GlobalOptions): void {
  withTrustedArchive(
    program
      .command("software [backup]")
      .description("fetch what an off-site backup carries for new nodes: agent, Node, database, configuration"),
  )
    .requiredOption("--to <folder>", "where it is put, each file checked by its hash")
    .action((backupId: string | undefined, flags: TrustOptions & { to: string }) =>
      run("software", async () => {
        const archive = await archiveOf(flags, options());
        const trustedKeys = await trustedKeysOf(flags, options());
        const fetched = await fetchSoftware({ archive, trustedKeys, backupId, to: flags.to });
        const rows = fetched.files.map(({ role, file, bytes, sha256 }) => [role, file, formatBytes(bytes), sha256]);
        return { result: fetched, text: table([`FROM ${fetched.backupId}`, "FILE", "SIZE", "SHA-256"], rows) };
      }),
    );
}
