/** The package of the database, as an object of a bucket. */
export interface DatabasePackage {
  bucket: string;
  /** Its end tells its format: see `packageFormats`. */
  key: string;
  /** Region of the bucket. */
  region: string;
  /** SHA-256 of the file, in hex: held against it before anything is installed. */
  sha256: string;
}

/** How a package's name ends. What is in the last one is unpacked into `/`. */
export const packageFormats: readonly string[] = [".deb", ".rpm", ".tar.gz"];

/** What a new instance installs at its first boot. Nothing of it is secret: everybody on an instance may read its user data. */
export interface NodeUserData {
  nodeId: string;
  /** Private DNS name, which survives a replacement of the instance. */
  hostName: string;
  database: DatabasePackage;
  /** The SSM parameter (SecureString) with the private ed25519 host key of SSH, and the public key: `ssh-ed25519 AAAA…`. */
  hostKey: { parameter: string; region: string; publicKey: string };
  /** EBS volume of the data, `vol-0123…`. It is formatted only if it holds nothing. */
  volumeId: string;
  /** Where it is mounted, such as `/var/lib/neumann`. */
  dataDirectory: string;
  /** `config.toml`, complete. */
  config: string;
  /** User and public key that Pulumi logs in with. */
  login: { user: string; publicKey: string };
  /** Of the partition's services, such as `amazonaws.com`. */
  dnsSuffix: string;
  /** Addresses of VPC endpoints, where they have other names than the services: `https://…`. @default the services' own */
  endpoints?: { s3?: string; ssm?: string };
  /** How long it asks again for what is not there yet: rights, the parameter, the volume, the package. @default 300 */
  patienceSeconds?: number;
}

/** The most that EC2 takes as user data, before it is written in base64. */
export const mostUserDataBytes = 16 * 1024;

/** Where an instance notes how far it came: `done`, or `failed` with the step and its reason. */
const nodeSetupFolder = "/var/lib/neumann-setup";

/** Run at each boot, and after a boot that was too early it goes on: cloud-init runs what is in user data itself only once. */
const programFile = "/var/lib/cloud/scripts/per-boot/neumann-setup";

export const standardPatienceSeconds = 300;

/**
 * The user data of a node, as a cloud-config. The instance gets its SSH host key from the parameter before anybody can log
 * in, masks the database, mounts the volume, installs the package and writes the configuration. It starts nothing: a
 * recovery does. `program` does all of that (components/aws/nodeSetup.py).
 */
export function nodeUserData(node: NodeUserData, program: string): string {
  const { hostName, login, database, hostKey, volumeId, dataDirectory, config, dnsSuffix } = node;
  const { endpoints = {}, patienceSeconds = standardPatienceSeconds } = node;
  const settings = { database, hostKey, volumeId, dataDirectory, config, dnsSuffix, endpoints, patienceSeconds };
  const user = {
    name: login.user,
    ssh_authorized_keys: [login.publicKey],
    sudo: "ALL=(ALL) NOPASSWD:ALL",
    shell: "/bin/bash",
    lock_passwd: true,
  };
  const named = [`fqdn: ${plain(hostName)}`, "prefer_fqdn_over_hostname: true"];
  return cloudConfig({ settings, user, program }, named);
}

/** What every host gets: its settings, its user, and the program that makes it ready by them. */
export function cloudConfig(
  { settings, user, program }: { settings: object; user: object; program: string },
  more: readonly string[] = [],
): string {
  return [
    "#cloud-config",
    // No key of its own is made: the server answers once it has the one that is known.
    "ssh_deletekeys: true",
    "ssh_genkeytypes: []",
    ...more,
    `users: ${plain([user])}`,
    "write_files:",
    ...fileLines(`${nodeSetupFolder}/node.json`, "0644", plain(settings, 1)),
    ...fileLines(programFile, "0755", program),
    "",
  ].join("\n");
}

/** A file as it is, indented: no sign in it means anything to YAML. */
function fileLines(path: string, permissions: string, content: string): string[] {
  const lines = content.trimEnd().split("\n");
  return [
    `- path: ${path}`,
    `  permissions: ${plain(permissions)}`,
    "  content: |",
    ...lines.map((line) => (line === "" ? "" : `   ${line}`)),
  ];
}

/** JSON that is also YAML to every parser: they differ in what may stand in a text beyond ASCII. */
function plain(value: unknown, indent = 0): string {
  const escaped = (sign: string): string => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value, null, indent).replace(/[^\n -~]/g, escaped);
}

/**
 * Shell that waits on a node until it is ready for a recovery, and tells the reason when it is not. For who logs in right
 * after it answers: the host key comes first, so that whatever fails after it can be seen.
 */
export const waitForNode = `cloud-init status --wait >/dev/null 2>&1
[ ! -e ${nodeSetupFolder}/done ] || exit 0
if [ -e ${nodeSetupFolder}/failed ]; then echo "this node is not ready: $(cat ${nodeSetupFolder}/failed)" >&2
else echo "this node is not ready, and its user data was not run: look at /var/log/cloud-init.log" >&2; fi
exit 1
`;
