// What the agent's image is made of, as CycloneDX: every package of Debian and of npm, Node, Go's library and ourselves.
// The same image gives the same text.

/** A name within the list, and where the thing comes from. */
const purl = (type, name, version, qualifiers = {}) => {
  const words = Object.entries(qualifiers).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
  const path = name.split("/").map(encodeURIComponent).join("/");
  return `pkg:${type}/${path}@${encodeURIComponent(version)}${words.length > 0 ? `?${words.join("&")}` : ""}`;
};

const licences = (license) => [license.includes(" ") ? { expression: license } : { license: { id: license } }];

/** A line of the list that debianPackages.sh makes. */
function debianComponent(line) {
  const [name, version, architecture, source, sourceVersion, sha256] = line.split(" ");
  const id = purl("deb", `debian/${name}`, version, { arch: architecture, distro: "debian-13" });
  return {
    type: "library",
    "bom-ref": id,
    name,
    version,
    hashes: [{ alg: "SHA-256", content: sha256 }],
    purl: id,
    properties: [{ name: "debian:source", value: `${source} ${sourceVersion}` }],
  };
}

function npmComponent({ name, version, license }) {
  const id = purl("npm", name, version);
  return { type: "library", "bom-ref": id, name, version, licenses: licences(license), purl: id };
}

function nodeComponent({ package: name, version, sha512 }) {
  const id = purl("npm", name, version);
  return {
    type: "platform",
    "bom-ref": id,
    name: "node",
    version,
    hashes: [{ alg: "SHA-512", content: sha512 }],
    licenses: [{ license: { name: "Node.js, /usr/local/share/doc/node/LICENSE" } }],
    cpe: `cpe:2.3:a:nodejs:node.js:${version}:*:*:*:*:*:*:*`,
    purl: id,
  };
}

function goComponent(version) {
  const id = purl("golang", "stdlib", version);
  const cpe = `cpe:2.3:a:golang:go:${version}:*:*:*:*:*:*:*`;
  return { type: "library", "bom-ref": id, name: "stdlib", version, licenses: licences("BSD-3-Clause"), cpe, purl: id };
}

function program(name, version, sha256) {
  const id = `${name}@${version}`;
  const hashes = [{ alg: "SHA-256", content: sha256 }];
  return { type: "application", "bom-ref": id, name, version, hashes, licenses: licences("Apache-2.0") };
}

/** The list as JSON. `debian`: the text of debianPackages.sh; hashes in hex. */
export function sbomOf({ version, created, agentSha256, helperSha256, packages, runtime, go, debian }) {
  const agent = program("neumann-backup", version, agentSha256);
  const helper = program("neumann-wal-handover", version, helperSha256);
  const system = debian.trim().split("\n").map(debianComponent);
  const bundled = packages.map(npmComponent);
  const [node, stdlib] = [nodeComponent(runtime), goComponent(go)];
  const image = purl("npm", "pulumi-neumann", version);
  const all = [agent, helper, node, stdlib, ...bundled, ...system];
  const ref = (component) => component["bom-ref"];
  const document = {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      timestamp: created,
      component: { type: "container", "bom-ref": image, name: "pulumi-neumann", version, purl: image },
    },
    components: all,
    dependencies: [
      { ref: image, dependsOn: [agent, helper, ...system].map(ref) },
      { ref: ref(agent), dependsOn: [node, ...bundled].map(ref) },
      { ref: ref(helper), dependsOn: [ref(stdlib)] },
    ],
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
