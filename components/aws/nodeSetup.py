#!/usr/bin/env python3
"""Makes a new instance ready for a recovery. cloud-init runs it at each boot; once it is done it changes nothing more."""
import fcntl
import hashlib
import hmac
import http.client
import json
import os
import pwd
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

HERE = "/var/lib/neumann-setup"
METADATA = "http://169.254.169.254/latest/"
UNIT = "neumann"
LABEL = "neumann"
HOST_KEY = "/etc/ssh/ssh_host_ed25519_key"
CONFIG = "/etc/neumann/config.toml"
PROBED_BYTES = 4 << 20

# Neither an instance's metadata nor what its rights reach is asked by a proxy.
web = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Failed(Exception):
    """To be told as it is: asking again would not help."""


def say(text):
    print("neumann-setup: " + text, flush=True)


def run(*words, codes=(0,), **more):
    done = subprocess.run(
        words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, **more
    )
    if done.returncode not in codes:
        raise Failed("%s ended with %d: %s" % (" ".join(words), done.returncode, (done.stderr + done.stdout).strip()))
    return done.stdout.strip()


def reason(error):
    if isinstance(error, urllib.error.HTTPError):
        return "%s answered %d: %s" % (error.url, error.code, error.read(500).decode("utf-8", "replace"))
    return str(error) or type(error).__name__


def patiently(node, what, ask):
    """Rights, parameters and volumes may be there only a while after their instance."""
    end = time.monotonic() + node["patienceSeconds"]
    pause = 1
    while True:
        try:
            return ask()
        except (OSError, http.client.HTTPException) as error:
            if time.monotonic() + pause > end:
                raise Failed("%s: %s (tried for %d s)" % (what, reason(error), node["patienceSeconds"]))
        time.sleep(pause)
        pause = min(2 * pause, 15)


def write(file, text, mode=0o644, group=0):
    """Whole or not at all, and never open to others meanwhile."""
    aside = file + ".new"
    if os.path.exists(aside):
        os.remove(aside)
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
        os.fchown(out.fileno(), 0, group)
        os.fchmod(out.fileno(), mode)
        out.flush()
        os.fsync(out.fileno())
    os.rename(aside, file)


def metadata(path, method="GET", **headers):
    request = urllib.request.Request(METADATA + path, method=method, headers=headers)
    with web.open(request, timeout=10) as answer:
        return answer.read().decode()


def role():
    """The keys of the instance's role, which change every few hours."""
    token = metadata("api/token", "PUT", **{"X-aws-ec2-metadata-token-ttl-seconds": "60"})
    token_header = {"X-aws-ec2-metadata-token": token}
    name = metadata("meta-data/iam/security-credentials/", **token_header).split()[0]
    return json.loads(metadata("meta-data/iam/security-credentials/" + name, **token_header))


def signed(url, service, region, headers=None, body=None):
    """A request with AWS's signature, version 4."""
    keys = role()
    at = urllib.parse.urlsplit(url)
    now = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    digest = hashlib.sha256(body or b"").hexdigest()
    headers = dict(headers or {}, host=at.netloc)
    headers.update({"x-amz-content-sha256": digest, "x-amz-date": now, "x-amz-security-token": keys["Token"]})
    names = ";".join(sorted(headers))
    method = "GET" if body is None else "POST"
    lines = [method, at.path, "", *("%s:%s" % (name, headers[name]) for name in sorted(headers)), "", names, digest]
    scope = "%s/%s/%s/aws4_request" % (now[:8], region, service)
    text = "\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256("\n".join(lines).encode()).hexdigest()])
    key = ("AWS4" + keys["SecretAccessKey"]).encode()
    for part in scope.split("/") + [text]:
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    headers["authorization"] = "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s" % (
        keys["AccessKeyId"],
        scope,
        names,
        key.hex(),
    )
    return urllib.request.Request(url, data=body, headers=headers, method=method)


def secret(node, name, region):
    url = node["endpoints"].get("ssm") or "https://ssm.%s.%s" % (region, node["dnsSuffix"])
    headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": "AmazonSSM.GetParameter"}
    body = json.dumps({"Name": name, "WithDecryption": True}).encode()

    def ask():
        with web.open(signed(url.rstrip("/") + "/", "ssm", region, headers, body), timeout=30) as answer:
            return json.loads(answer.read().decode())["Parameter"]["Value"]

    return patiently(node, "the parameter " + name, ask)


def host_key(node):
    wanted = node["hostKey"]
    private = secret(node, wanted["parameter"], wanted["region"])
    aside = os.path.join(HERE, "host-key")
    write(aside, private.rstrip("\n") + "\n", 0o600)
    try:
        public = " ".join(run("ssh-keygen", "-y", "-P", "", "-f", aside).split()[:2])
    except Failed:
        os.remove(aside)
        raise Failed("the parameter %s holds no private key without a pass phrase" % wanted["parameter"])
    if public.split() != wanted["publicKey"].split()[:2]:
        os.remove(aside)
        raise Failed("the key in %s belongs to %s and not to %s" % (wanted["parameter"], public, wanted["publicKey"]))
    # Another key that the server offers would be the one that clients see, and refuse.
    for name in os.listdir("/etc/ssh"):
        if name.startswith("ssh_host_"):
            os.remove(os.path.join("/etc/ssh", name))
    shutil.move(aside, HOST_KEY)
    write(HOST_KEY + ".pub", public + "\n")
    labelled("/etc/ssh")
    for unit in ("ssh.socket", "ssh.service", "sshd.service"):
        if run("systemctl", "is-enabled", unit, codes=range(256)) == "enabled":
            run("systemctl", "reset-failed", unit, codes=range(256))
            run("systemctl", "restart", unit)


def labelled(path):
    """Where SELinux is on, what came there by another way has not the label that its place asks for."""
    if shutil.which("restorecon"):
        run("restorecon", "-R", path)


def mask(node):
    """No script of a package and no boot starts it: the recovery does."""
    run("systemctl", "mask", UNIT)


def on_device(device):
    """What blkid finds there; something too where it knows nothing and yet it is not empty."""
    lines = run("blkid", "-p", "-o", "export", device, codes=(0, 2)).splitlines()
    found = dict(line.split("=", 1) for line in lines if not line.startswith("DEVNAME="))
    with open(device, "rb") as source:
        if not found and source.read(PROBED_BYTES).strip(b"\0"):
            return {"TYPE": "something unknown"}
    return found


def volume(node):
    name = node["volumeId"]
    link = "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_" + name.replace("-", "")
    patiently(node, "the volume " + name, lambda: os.stat(link))
    device = os.path.realpath(link)
    found = on_device(device)
    if not found:
        run("mkfs.ext4", "-q", "-m", "0", "-L", LABEL, device)
        found = on_device(device)
    if (found.get("LABEL"), found.get("TYPE")) != (LABEL, "ext4"):
        what = found.get("TYPE") or found.get("PTTYPE", "something unknown")
        raise Failed(
            "%s holds %s%s, not ext4 with the label %s: nothing on it was touched. Give the node a volume that is empty"
            % (name, what, " with the label " + found["LABEL"] if "LABEL" in found else "", LABEL)
        )
    mount(node, device, found["UUID"])


def mount(node, device, uuid):
    folder = node["dataDirectory"]
    os.makedirs(folder, exist_ok=True)
    if not os.path.ismount(folder):
        if os.listdir(folder):
            raise Failed("%s holds files, which the volume would hide" % folder)
        with open("/etc/fstab") as table:
            others = [line for line in table if line.split()[1:2] != [folder]]
        write("/etc/fstab", "".join(others) + "UUID=%s %s ext4 noatime,nofail 0 2\n" % (uuid, folder))
        run("mount", folder)
        run("systemctl", "daemon-reload")
    if os.stat(folder).st_dev != os.stat(device).st_rdev:
        raise Failed("another file system than that of %s is mounted at %s" % (node["volumeId"], folder))
    # The database's folder holds nothing but what is the database's; a check of the disk makes it again.
    if os.path.isdir(os.path.join(folder, "lost+found")):
        os.rmdir(os.path.join(folder, "lost+found"))
    # A boot goes on without the volume, but the database does not start beside it.
    os.makedirs("/etc/systemd/system/%s.service.d" % UNIT, exist_ok=True)
    condition = "[Unit]\nRequiresMountsFor=%s\nAssertPathIsMountPoint=%s\n" % (folder, folder)
    write("/etc/systemd/system/%s.service.d/10-volume.conf" % UNIT, condition)


def address(node, bucket, key, region):
    own = node["endpoints"].get("s3")
    if own or "." in bucket:  # No certificate is for a name with more dots.
        place = (own or "https://s3.%s.%s" % (region, node["dnsSuffix"])).rstrip("/") + "/" + bucket
    else:
        place = "https://%s.s3.%s.%s" % (bucket, region, node["dnsSuffix"])
    return place + "/" + urllib.parse.quote(key)


def fetched(node):
    """The package's file, once it is what was promised."""
    wanted = node["database"]
    bucket, key, region = wanted["bucket"], wanted["key"], wanted["region"]
    url = address(node, bucket, key, region)
    file = os.path.join(HERE, os.path.basename(key))

    def ask():
        with web.open(signed(url, "s3", region), timeout=60) as answer, open(file, "wb") as out:
            shutil.copyfileobj(answer, out)

    patiently(node, "the database's package s3://%s/%s" % (bucket, key), ask)
    found = hashlib.sha256()
    with open(file, "rb") as source:
        for part in iter(lambda: source.read(1 << 20), b""):
            found.update(part)
    if found.hexdigest() != wanted["sha256"]:
        os.remove(file)
        raise Failed(
            "s3://%s/%s has the SHA-256 %s and not %s: nothing was installed"
            % (bucket, key, found.hexdigest(), wanted["sha256"])
        )
    return file


def install(node):
    file = fetched(node)
    if file.endswith(".deb"):
        install_deb(node, file)
    elif file.endswith(".rpm"):
        run("rpm", "-U", "--replacepkgs", file)
    else:
        run("tar", "-xzf", file, "-C", "/", "--no-same-owner", "--keep-directory-symlink")
    os.remove(file)
    run("systemctl", "daemon-reload")
    state = [run("systemctl", verb, UNIT, codes=range(256)) for verb in ("is-enabled", "is-active")]
    if state != ["masked", "inactive"]:
        run("systemctl", "disable", "--now", UNIT)
        raise Failed("the package left the unit %s %s and %s: it must be masked and inactive" % (UNIT, *state))


def install_deb(node, file):
    """A daily upgrade may be at work: dpkg is held by the lock of those who call it."""
    with open("/var/lib/dpkg/lock-frontend", "w") as lock:
        patiently(node, "the lock of dpkg", lambda: fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB))
        run("dpkg", "-i", file, env=dict(os.environ, DEBIAN_FRONTEND="noninteractive", DPKG_FRONTEND_LOCKED="1"))


def owner(node):
    folder = node["dataDirectory"]
    try:
        user = pwd.getpwnam(UNIT)
    except KeyError:
        run("useradd", "--system", "--user-group", "--home-dir", folder, "--shell", "/usr/sbin/nologin", UNIT)
        user = pwd.getpwnam(UNIT)
    # A volume of an instance before this one: there the user may have had another number. The folder itself comes last.
    if os.stat(folder).st_uid != user.pw_uid:
        run("chown", "-R", "%d:%d" % (user.pw_uid, user.pw_gid), folder)
        os.chmod(folder, 0o750)
    labelled(folder)


def configure(node):
    group = pwd.getpwnam(UNIT).pw_gid
    folder = os.path.dirname(CONFIG)
    if not os.path.isdir(folder):
        os.mkdir(folder, 0o750)
        os.chown(folder, 0, group)
    write(CONFIG, node["config"], 0o640, group)


STEPS = (
    ("host key", host_key),
    ("mask", mask),
    ("volume", volume),
    ("package", install),
    ("owner", owner),
    ("config", configure),
)


def main():
    os.umask(0o022)
    done, failed = os.path.join(HERE, "done"), os.path.join(HERE, "failed")
    if os.path.exists(done):
        return
    if os.path.exists(failed):
        os.remove(failed)
    with open(os.path.join(HERE, "node.json")) as source:
        node = json.load(source)
    for name, step in STEPS:
        if name not in node.get("steps", [name]):
            continue
        say(name)
        try:
            step(node)
        except Exception as error:  # Whatever it is: who waits for the node is told.
            told = str(error) if isinstance(error, Failed) else "%s: %s" % (type(error).__name__, error)
            write(failed, "%s: %s\n" % (name, told))
            sys.exit("neumann-setup: failed at %s: %s" % (name, told))
    write(done, "")
    say("done")


if __name__ == "__main__":
    main()
