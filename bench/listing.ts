import { S3Archive } from "../agent/archive/s3";
import type { S3Location } from "../model/s3Location";

/** One listing of a bucket and nothing else, in a process of its own as the agent is: LOCATION. Prints how many there are. */
async function main([location = ""]: readonly string[]): Promise<void> {
  const objects = await new S3Archive(JSON.parse(location) as S3Location).list("");
  process.stdout.write(`${objects.length}\n`);
}

void main(process.argv.slice(2)).then(() => process.exit(0));
