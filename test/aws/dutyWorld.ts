import { AwsClient } from "aws4fetch";
import { Freezer } from "../../lab/store/freezer";
import { Store, type StoreUser } from "../../lab/store/store";
import { duties, type Duty } from "../../model/aws/duties";
import { type BucketPlace, dutyPolicy } from "../../model/aws/dutyPolicy";
import type { PolicyStatement } from "../../model/aws/policyDocument";
import type { Place } from "../../model/catalog";
import type { ArchiveSpec } from "../../model/reference";
import type { S3Location } from "../../model/s3Location";
import { Guard } from "./guard";

export const cluster = "prod";
export const prefix = "neumann/backup";
const region = "us-east-1";

/** The two buckets of an archive, in a store that enforces actions and prefixes. */
export const places: Record<Place, BucketPlace> = {
  primary: { place: "primary", bucket: "near", prefix, region },
  offsite: { place: "offsite", bucket: "away", prefix, region },
};

/**
 * A node of a recovery has three duties at once; every other one has its own user, and whoever copies off-site two: the second
 * session has other keys than the first.
 */
export type Holder = Duty | "recovered" | "renewed";
export const dutiesOf = {
  ...(Object.fromEntries(duties.map((duty) => [duty, [duty]])) as Record<Duty, Duty[]>),
  recovered: ["node", "offsite-writer", "restorer"],
  renewed: ["offsite-writer"],
} satisfies Record<Holder, Duty[]>;
const holders = Object.keys(dutiesOf) as Holder[];

/** An answer of the store to a request as somebody made it by hand. */
export interface Answer {
  status: number;
  text: string;
}

/** A store with a user for each duty, who has the rights that follow from its document, and the guard before it. */
export class DutyWorld {
  private constructor(
    readonly store: Store,
    /** Between the two: what it holds in archive classes. */
    readonly freezer: Freezer,
    readonly guard: Guard,
    readonly users: Record<Holder, StoreUser>,
  ) {}

  static async start(): Promise<DutyWorld> {
    // The policies of all users are longer than a file's attributes may be.
    const store = await Store.start((line) => process.stderr.write(`${line}\n`), { metadataBeside: true });
    const freezer = await Freezer.start(store.endpoint);
    const guard = await Guard.start(freezer.endpoint);
    const users = {} as Record<Holder, StoreUser>;
    for (const holder of holders) users[holder] = await store.createUser();
    const world = new DutyWorld(store, freezer, guard, users);
    for (const place of Object.values(places)) await world.makeBucket(place);
    for (const holder of holders)
      guard.policies.set(
        users[holder].accessKeyId,
        dutiesOf[holder].flatMap((duty) => documentOf(duty)),
      );
    const factor = { "aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "60" };
    guard.contexts.set(users["break-glass"].accessKeyId, factor);
    return world;
  }

  async stop(): Promise<void> {
    await this.guard.stop();
    await this.freezer.stop();
    await this.store.stop();
  }

  /** A place of the archive with the keys of a duty, by way of the guard. */
  location(place: Place, holder: Holder): S3Location {
    const { bucket } = places[place];
    const { accessKeyId, secretAccessKey } = this.users[holder];
    const { endpoint } = this.guard;
    return { kind: "s3", bucket, prefix, region, endpoint, credentials: { accessKeyId, secretAccessKey } };
  }

  archive(primary: Holder, offsite: Holder): ArchiveSpec {
    return { ...this.location("primary", primary), clusterId: cluster, offsite: this.location("offsite", offsite) };
  }

  /** Flags that name the archive on a command line; keys come from the environment. */
  get flags(): string[] {
    const text = ({ bucket }: BucketPlace): string =>
      `s3://${bucket}/${prefix}?region=${region}&endpoint=${this.guard.endpoint}`;
    return ["--archive", text(places.primary), "--offsite", text(places.offsite), "--cluster", cluster];
  }

  keys(duty: Duty): Record<string, string> {
    const { accessKeyId, secretAccessKey } = this.users[duty];
    return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
  }

  /** A request to the store itself, or by way of the guard. */
  async request(
    user: StoreUser,
    path: string,
    init: { method?: string; headers?: Record<string, string>; body?: string; guarded?: boolean } = {},
  ): Promise<Answer> {
    const client = new AwsClient({ ...user, service: "s3", region, retries: 0 });
    const { method = "GET", headers, body, guarded = false } = init;
    const { endpoint } = guarded ? this.guard : this.store;
    const response = await client.fetch(`${endpoint}/${path}`, { method, headers, body });
    return { status: response.status, text: await response.text() };
  }

  async asRoot(path: string, init: { method?: string; headers?: Record<string, string>; body?: string } = {}) {
    const answer = await this.request(this.store.root, path, init);
    if (answer.status >= 300) throw new Error(`${init.method} ${path}: ${answer.status} ${answer.text}`);
    return answer;
  }

  private async makeBucket(place: BucketPlace): Promise<void> {
    await this.store.createBucket(place.bucket);
    const versioning = `<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Enabled</Status></VersioningConfiguration>`;
    await this.asRoot(`${place.bucket}?versioning`, { method: "PUT", body: versioning });
    const statements = holders.flatMap((holder) =>
      dutiesOf[holder].flatMap((duty) => storeStatements(place, { duty, user: this.users[holder] })),
    );
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: statements });
    await this.asRoot(`${place.bucket}?policy`, { method: "PUT", body: policy });
  }
}

export function documentOf(duty: Duty, change: Partial<BucketPlace> = {}): PolicyStatement[] {
  const all = Object.values(places).map((place) => ({ ...place, ...change }));
  return dutyPolicy({ duty, clusterId: cluster, partition: "aws", places: all }).Statement;
}

/**
 * What of a document the store can enforce, as a policy of the bucket: what is allowed, with the prefixes of lists. It knows
 * neither `s3:if-none-match` nor a second factor; without those conditions a denial would deny everything.
 */
function storeStatements({ bucket }: BucketPlace, { duty, user }: { duty: Duty; user: StoreUser }): object[] {
  const inBucket = (arn: string): boolean =>
    arn === `arn:aws:s3:::${bucket}` || arn.startsWith(`arn:aws:s3:::${bucket}/`);
  return documentOf(duty)
    .filter(({ Effect, Resource }) => Effect === "Allow" && Resource?.every(inBucket) === true)
    .map(({ Effect, Action, Resource, Condition }) => {
      const like = Condition?.StringLike;
      const Principal = { AWS: user.accessKeyId };
      return { Effect, Principal, Action, Resource, ...(like && { Condition: { StringLike: like } }) };
    });
}
