import type { ChildProcess } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { randomBytes } from "node:crypto";
import http from "node:http";
import https from "node:https";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { endGuarded, spawnGuarded } from "../guard";
import { freePorts } from "../ports";
import { account, run } from "../toolchain/run";
import { storeProgram } from "./program";

/** A user of the store. */
export interface StoreUser {
  accessKeyId: string;
  secretAccessKey: string;
}

const region = "us-east-1";

/** What a server needs to speak TLS: files in PEM. */
export interface StoreCertificate {
  certificate: string;
  key: string;
}

/** How a server is started. */
export interface StoreOptions {
  /** Its folder is made below this one. */
  parent?: string;
  /** It speaks TLS, and `createUser` and `createBucket` do not reach it. */
  tls?: StoreCertificate;
  /** What it knows of buckets and objects lies in files of its own: attributes of a file have little room for policies. */
  metadataBeside?: boolean;
}

/** A real S3 server on loopback with a folder of its own; everything in it goes when it is stopped. */
export class Store {
  readonly region = region;

  private constructor(
    readonly endpoint: string,
    /** May do everything. */
    readonly root: StoreUser,
    /** The objects as files: `<folder>/data/<bucket>/<key>`. */
    readonly folder: string,
    private readonly process: { program: string; child: ChildProcess },
  ) {}

  static async start(
    say: (line: string) => void = () => undefined,
    { parent = os.tmpdir(), tls, metadataBeside = false }: StoreOptions = {},
  ): Promise<Store> {
    const program = await storeProgram(say);
    const folder = mkdtempSync(path.join(parent, "lab-store-"));
    for (const name of ["data", "users", "versions", "metadata"]) mkdirSync(path.join(folder, name));
    const [port] = (await freePorts(1)) as [number];
    const root = newUser();
    const child = launch(program, { folder, port, root, tls, metadataBeside });
    const store = new Store(`${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`, root, folder, {
      program,
      child,
    });
    try {
      await store.answers();
    } catch (error) {
      await store.stop();
      throw error;
    }
    return store;
  }

  /** Makes a user who owns nothing yet. */
  async createUser(): Promise<StoreUser> {
    const user = newUser();
    await this.admin(["create-user", "-a", user.accessKeyId, "-s", user.secretAccessKey, "-r", "user"]);
    return user;
  }

  /** Makes a bucket that only its owner, and root, may use. */
  async createBucket(bucket: string, owner: StoreUser = this.root): Promise<string> {
    await this.admin(["create-bucket", "--bucket", bucket, "--owner", owner.accessKeyId]);
    return bucket;
  }

  /** Ends the server and removes what it held. */
  async stop(): Promise<void> {
    await endGuarded(this.process.child);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async admin(words: readonly string[]): Promise<void> {
    const env = {
      ...process.env,
      ADMIN_ACCESS_KEY_ID: this.root.accessKeyId,
      ADMIN_SECRET_ACCESS_KEY: this.root.secretAccessKey,
      ADMIN_ENDPOINT_URL: this.endpoint,
      ADMIN_REGION: region,
    };
    const result = await run(this.process.program, ["admin", ...words], { env, timeoutSeconds: 30 });
    if (result.code !== 0) throw new Error(`the S3 server's ${words[0]} ${account(result)}`);
  }

  private async answers(): Promise<void> {
    for (const deadline = Date.now() + 20_000; ; await sleep(20)) {
      if (this.process.child.exitCode !== null || Date.now() > deadline) {
        throw new Error(
          `the S3 server did not start: ${readFileSync(path.join(this.folder, "log"), "utf8").slice(-2000)}`,
        );
      }
      if (await listens(this.endpoint)) return;
    }
  }
}

function launch(
  program: string,
  at: { folder: string; port: number; root: StoreUser; tls?: StoreCertificate; metadataBeside: boolean },
): ChildProcess {
  const log = openSync(path.join(at.folder, "log"), "a");
  const words = ["--port", `127.0.0.1:${at.port}`, "--region", region, "--iam-dir", path.join(at.folder, "users")];
  if (at.tls !== undefined) words.push("--cert", at.tls.certificate, "--key", at.tls.key);
  const beside = at.metadataBeside ? ["--sidecar", path.join(at.folder, "metadata")] : [];
  const versions = ["--versioning-dir", path.join(at.folder, "versions")];
  const backend = ["posix", ...beside, ...versions, path.join(at.folder, "data")];
  const env = {
    ...process.env,
    ROOT_ACCESS_KEY_ID: at.root.accessKeyId,
    ROOT_SECRET_ACCESS_KEY: at.root.secretAccessKey,
  };
  const child = spawnGuarded(program, ["--quiet", "--keep-alive", ...words, ...backend], { log, env });
  closeSync(log);
  return child;
}

function newUser(): StoreUser {
  return {
    accessKeyId: `LAB${randomBytes(8).toString("hex").toUpperCase()}`,
    secretAccessKey: randomBytes(20).toString("hex"),
  };
}

function listens(endpoint: string): Promise<boolean> {
  return new Promise((resolve) => {
    const answered = (response: http.IncomingMessage): void => {
      response.resume();
      resolve(true);
    };
    // Who signed its certificate is what a test is about.
    const request = endpoint.startsWith("https:")
      ? https.get(endpoint, { rejectUnauthorized: false, agent: false }, answered)
      : http.get(endpoint, { agent: false }, answered);
    request.once("error", () => resolve(false));
  });
}
