import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { databaseLayer } from "../../lab/hosts";

const control = `Package: neumann
Version: 1.0
Architecture: all
Maintainer: Lab <lab@example.com>
Description: The lab's database
`;

/** As packages of servers do: a user, its folders, and the server is enabled and started. */
const afterwards = `#!/bin/sh
set -e
getent passwd neumann >/dev/null || useradd --system --user-group --home-dir /var/lib/neumann --shell /usr/sbin/nologin neumann
install -d -o neumann -g neumann -m 750 /var/lib/neumann
install -d -o root -g neumann -m 750 /etc/neumann
systemctl daemon-reload
systemctl enable neumann || :
systemctl start neumann || :
`;

/** A package as a file, and what is known of it before it is fetched. */
export interface BuiltPackage {
  content: Buffer;
  sha256: string;
}

/** Packages of the lab's database: one of Debian, and its files alone. */
export function databasePackages(folder: string): { deb: BuiltPackage; tar: BuiltPackage } {
  mkdirSync(folder, { recursive: true });
  const tree = databaseLayer(folder);
  const build = (name: string, program: string, words: (file: string) => string[]): BuiltPackage => {
    const file = path.join(folder, name);
    execFileSync(program, words(file), { stdio: "ignore" });
    const content = readFileSync(file);
    return { content, sha256: createHash("sha256").update(content).digest("hex") };
  };
  const tar = build("neumann.tar.gz", "tar", (file) => ["-czf", file, "-C", tree, "usr"]);
  const scripts = path.join(tree, "DEBIAN");
  mkdirSync(scripts);
  writeFileSync(path.join(scripts, "control"), control);
  writeFileSync(path.join(scripts, "postinst"), afterwards);
  chmodSync(path.join(scripts, "postinst"), 0o755);
  const deb = build("neumann.deb", "dpkg-deb", (file) => ["--build", "--root-owner-group", tree, file]);
  return { deb, tar };
}
