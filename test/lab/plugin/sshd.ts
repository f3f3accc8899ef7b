import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePorts } from "../../../lab/ports";

/** The server's program, where Debian and others put it. */
const program = ["/usr/sbin/sshd", "/usr/local/sbin/sshd"].find((file) => existsSync(file));

/** Whether the machine has an SSH server to test with. */
export const sshdInstalled = program !== undefined;

/** An SSH server of this user on loopback, with keys of its own. */
export class Sshd {
  private server: ChildProcess | undefined;

  private constructor(
    private readonly folder: string,
    readonly port: number,
  ) {}

  /** Makes keys and configuration; nothing runs yet. */
  static async prepare(folder: string): Promise<Sshd> {
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o700);
    const sshd = new Sshd(folder, ...((await freePorts(1)) as [number]));
    sshd.keygen("host", "");
    sshd.keygen("other", "");
    sshd.keygen("user", "");
    sshd.keygen("encrypted", "passphrase");
    const keys = ["user.pub", "encrypted.pub"].map((name) => sshd.read(name)).join("");
    writeFileSync(path.join(folder, "authorized"), keys, { mode: 0o600 });
    const settings = [
      `Port ${sshd.port}`,
      "ListenAddress 127.0.0.1",
      `HostKey ${path.join(folder, "host")}`,
      `AuthorizedKeysFile ${path.join(folder, "authorized")}`,
      "StrictModes no",
      "UsePAM no",
      "PidFile none",
      "PasswordAuthentication no",
      "PermitRootLogin yes",
      "MaxStartups 100",
      "AcceptEnv GIVEN_*",
      // Bash reads ~/.bashrc for commands over SSH too; what this user has there may print, and takes its time.
      `SetEnv HOME="${folder}"`,
      "Subsystem sftp internal-sftp",
    ];
    writeFileSync(path.join(folder, "config"), `${settings.join("\n")}\n`);
    return sshd;
  }

  private keygen(name: string, passphrase: string): void {
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", passphrase, "-f", path.join(this.folder, name)]);
  }

  /** The text of one of the files that {@link prepare} made: keys are host, other, user, encrypted. */
  read(name: string): string {
    return readFileSync(path.join(this.folder, name), "utf8");
  }

  /** The path of one of those files. */
  file(name: string): string {
    return path.join(this.folder, name);
  }

  /** How to connect to it. */
  get connection() {
    const { username } = os.userInfo();
    return {
      host: "127.0.0.1",
      port: this.port,
      user: username,
      privateKey: this.read("user"),
      hostKey: this.read("host.pub"),
      dialErrorLimit: 3,
    };
  }

  /** Starts the server and waits until it answers. */
  async start(): Promise<void> {
    // A server that runs as root insists on this folder, which a system's own start makes.
    if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
    this.server = spawn(program ?? "sshd", ["-D", "-e", "-f", path.join(this.folder, "config")], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let complaint = "";
    this.server.stderr?.setEncoding("utf8").on("data", (text: string) => (complaint += text));
    for (let tries = 0; !(await answers(this.port)); tries += 1) {
      if (tries > 300 || this.server.exitCode !== null) throw new Error(`sshd did not start: ${complaint}`);
      await sleep(100);
    }
  }

  /** Ends the server. */
  stop(): void {
    this.server?.kill("SIGTERM");
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1");
    socket.once("data", () => resolve(socket.destroy() !== undefined));
    socket.once("error", () => resolve(false));
    socket.once("close", () => resolve(false));
  });
}
