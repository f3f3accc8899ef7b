import fs from "node:fs";
import path from "node:path";
import { Store } from "../lab/store/store";
import type { S3Location } from "../model/s3Location";
import { must } from "./support";

const awsVersion = "1.38.0";

/** A bucket of a real S3 server on loopback. */
export interface BenchBucket {
  location: S3Location;
  /** The server's folder: its objects are `data/<bucket>/<key>`. */
  folder: string;
  /** What `aws` and `curl` need to reach it. */
  env: NodeJS.ProcessEnv;
}

export async function withBucket<T>(
  folder: string,
  say: (line: string) => void,
  work: (bucket: BenchBucket) => Promise<T>,
): Promise<T> {
  const store = await Store.start(say, { parent: folder });
  try {
    const user = await store.createUser();
    const bucket = await store.createBucket("bench", user);
    const { region, endpoint } = store;
    const location: S3Location = { kind: "s3", bucket, region, endpoint, credentials: { ...user } };
    const env = {
      ...process.env,
      AWS_ACCESS_KEY_ID: user.accessKeyId,
      AWS_SECRET_ACCESS_KEY: user.secretAccessKey,
      AWS_DEFAULT_REGION: region,
      AWS_ENDPOINT_URL: endpoint,
      AWS_EC2_METADATA_DISABLED: "true",
    };
    return await work({ location, folder: store.folder, env });
  } finally {
    await store.stop();
  }
}

/** Amazon's own program, from PyPI into the working folder. */
export function awsProgram(say: (line: string) => void): string {
  const home = path.join(path.dirname(__dirname), ".work", `awscli-${awsVersion}`);
  const program = path.join(home, "bin", "aws");
  if (fs.existsSync(program)) return program;
  say(`  installing awscli ${awsVersion} from PyPI`);
  must("python3", ["-m", "venv", home]);
  must(path.join(home, "bin", "pip"), ["install", "--quiet", "--disable-pip-version-check", `awscli==${awsVersion}`]);
  return program;
}
