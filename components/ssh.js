var __create = Object.create;
var __defProp = Object.defineProperty;
var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __getProtoOf = Object.getPrototypeOf;
var __hasOwnProp = Object.prototype.hasOwnProperty;
var __export = (target, all) => {
  for (var name in all)
    __defProp(target, name, { get: all[name], enumerable: true });
};
var __copyProps = (to, from, except, desc) => {
  if (from && typeof from === "object" || typeof from === "function") {
    for (let key of __getOwnPropNames(from))
      if (!__hasOwnProp.call(to, key) && key !== except)
        __defProp(to, key, { get: () => from[key], enumerable: !(desc = __getOwnPropDesc(from, key)) || desc.enumerable });
  }
  return to;
};
var __toESM = (mod, isNodeMode, target) => (target = mod != null ? __create(__getProtoOf(mod)) : {}, __copyProps(
  // If the importer is in node compatibility mode or this is not an ESM
  // file that has been converted to a CommonJS file using a Babel-
  // compatible transform (i.e. "__esModule" has not been set), then set
  // "default" to the CommonJS "module.exports" for node compatibility.
  isNodeMode || !mod || !mod.__esModule ? __defProp(target, "default", { value: mod, enumerable: true }) : target,
  mod
));
var __toCommonJS = (mod) => __copyProps(__defProp({}, "__esModule", { value: true }), mod);
var ssh_exports = {};
__export(ssh_exports, {
  checkSsh: () => checkSsh,
  sshConnection: () => sshConnection,
  usesSudo: () => usesSudo
});
module.exports = __toCommonJS(ssh_exports);
var pulumi = __toESM(require("@pulumi/pulumi"));
var import_arguments = require("./arguments");
function sshConnection(subject, ssh, path) {
  const check = (known, mistakes) => checkSsh(known, path, mistakes);
  const checked = (0, import_arguments.checkArguments)({ subject, args: ssh, path, check });
  return pulumi.secret(checked.apply(asConnection));
}
function usesSudo(ssh) {
  return pulumi.all([ssh.sudo, ssh.user]).apply(([sudo, user]) => sudo ?? user !== "root");
}
function asConnection(ssh) {
  const { jump } = ssh;
  const dial = { dialErrorLimit: ssh.dialAttempts ?? 10, perDialTimeout: ssh.dialTimeoutSeconds ?? 15 };
  return {
    ...login(ssh, ssh),
    ...dial,
    ...jump === void 0 ? {} : { proxy: { ...login(jump, ssh), ...dial } }
  };
}
function login(to, inner) {
  const own = to.privateKey !== void 0;
  return {
    host: to.host,
    port: to.port ?? 22,
    user: to.user,
    privateKey: to.privateKey ?? inner.privateKey,
    privateKeyPassword: own ? to.privateKeyPassword : inner.privateKeyPassword,
    hostKey: to.hostKey.trim()
  };
}
function checkSsh(ssh, path, mistakes) {
  checkLogin(ssh, path, mistakes);
  checkKey(ssh.privateKey, `${path}.privateKey`, mistakes);
  checkWhole(ssh.dialTimeoutSeconds, `${path}.dialTimeoutSeconds`, { least: 1, greatest: 600 }, mistakes);
  checkWhole(ssh.dialAttempts, `${path}.dialAttempts`, { least: 1, greatest: 1e3 }, mistakes);
  if (ssh.jump === void 0) return;
  checkLogin(ssh.jump, `${path}.jump`, mistakes);
  if (ssh.jump.privateKey !== void 0) checkKey(ssh.jump.privateKey, `${path}.jump.privateKey`, mistakes);
}
function checkLogin(to, path, mistakes) {
  if (!isWord(to.host))
    mistakes.add(`${path}.host`, "must be a host name or an address", to.host, "Such as db1.internal.");
  if (!isWord(to.user)) mistakes.add(`${path}.user`, "must be a user's name", to.user, "Such as admin.");
  checkWhole(to.port, `${path}.port`, { least: 1, greatest: 65535 }, mistakes);
  if (typeof to.hostKey === "string" && /^(ssh-|ecdsa-|sk-)[a-z0-9@.-]+ [A-Za-z0-9+/=]{40,}/.test(to.hostKey.trim()))
    return;
  const remedy = "Copy the line of the host's own file /etc/ssh/ssh_host_ed25519_key.pub.";
  mistakes.add(
    `${path}.hostKey`,
    "must be the host's public key: without it any host would be trusted",
    to.hostKey,
    remedy
  );
}
function isWord(value) {
  return typeof value === "string" && /^[^\s-]\S*$/.test(value);
}
function checkKey(key, path, mistakes) {
  if (typeof key === "string" && key.includes("PRIVATE KEY-----")) return;
  const received = typeof key === "string" && key !== "" ? "(not shown)" : void 0;
  mistakes.add(
    path,
    "must be a private key in PEM or OpenSSH format",
    received,
    "Give the file's content, not its name."
  );
}
function checkWhole(value, path, range, mistakes) {
  if (value === void 0) return;
  if (Number.isInteger(value) && value >= range.least && value <= range.greatest) return;
  const problem = `must be a whole number from ${range.least} to ${range.greatest}`;
  mistakes.add(path, problem, value, "Leave it out for the default.");
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  checkSsh,
  sshConnection,
  usesSudo
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsic3NoLnRzIl0sCiAgIm1hcHBpbmdzIjogIjs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7O0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFDQSxhQUF3QjtBQUV4Qix1QkFBK0I7QUEwRnhCLFNBQVMsY0FDZCxTQUNBLEtBQ0EsTUFDMEQ7QUFDMUQsUUFBTSxRQUFRLENBQUMsT0FBK0IsYUFBdUIsU0FBUyxPQUFPLE1BQU0sUUFBUTtBQUNuRyxRQUFNLGNBQVUsaUNBQWUsRUFBRSxTQUFTLE1BQU0sS0FBSyxNQUFNLE1BQU0sQ0FBQztBQUNsRSxTQUFPLE9BQU8sT0FBTyxRQUFRLE1BQU0sWUFBWSxDQUFDO0FBQ2xEO0FBR08sU0FBUyxTQUFTLEtBQXNDO0FBQzdELFNBQU8sT0FBTyxJQUFJLENBQUMsSUFBSSxNQUFNLElBQUksSUFBSSxDQUFDLEVBQUUsTUFBTSxDQUFDLENBQUMsTUFBTSxJQUFJLE1BQU0sUUFBUSxTQUFTLE1BQU07QUFDekY7QUFFQSxTQUFTLGFBQWEsS0FBd0U7QUFDNUYsUUFBTSxFQUFFLEtBQUssSUFBSTtBQUNqQixRQUFNLE9BQU8sRUFBRSxnQkFBZ0IsSUFBSSxnQkFBZ0IsSUFBSSxnQkFBZ0IsSUFBSSxzQkFBc0IsR0FBRztBQUNwRyxTQUFPO0FBQUEsSUFDTCxHQUFHLE1BQU0sS0FBSyxHQUFHO0FBQUEsSUFDakIsR0FBRztBQUFBLElBQ0gsR0FBSSxTQUFTLFNBQVksQ0FBQyxJQUFJLEVBQUUsT0FBTyxFQUFFLEdBQUcsTUFBTSxNQUFNLEdBQUcsR0FBRyxHQUFHLEtBQUssRUFBRTtBQUFBLEVBQzFFO0FBQ0Y7QUFJQSxTQUFTLE1BQU0sSUFBZ0IsT0FBK0U7QUFDNUcsUUFBTSxNQUFNLEdBQUcsZUFBZTtBQUM5QixTQUFPO0FBQUEsSUFDTCxNQUFNLEdBQUc7QUFBQSxJQUNULE1BQU0sR0FBRyxRQUFRO0FBQUEsSUFDakIsTUFBTSxHQUFHO0FBQUEsSUFDVCxZQUFZLEdBQUcsY0FBYyxNQUFNO0FBQUEsSUFDbkMsb0JBQW9CLE1BQU0sR0FBRyxxQkFBcUIsTUFBTTtBQUFBLElBQ3hELFNBQVMsR0FBRyxRQUFRLEtBQUs7QUFBQSxFQUMzQjtBQUNGO0FBR08sU0FBUyxTQUFTLEtBQTZCLE1BQWMsVUFBMEI7QUFDNUYsYUFBVyxLQUFLLE1BQU0sUUFBUTtBQUM5QixXQUFTLElBQUksWUFBWSxHQUFHLElBQUksZUFBZSxRQUFRO0FBQ3ZELGFBQVcsSUFBSSxvQkFBb0IsR0FBRyxJQUFJLHVCQUF1QixFQUFFLE9BQU8sR0FBRyxVQUFVLElBQUksR0FBRyxRQUFRO0FBQ3RHLGFBQVcsSUFBSSxjQUFjLEdBQUcsSUFBSSxpQkFBaUIsRUFBRSxPQUFPLEdBQUcsVUFBVSxJQUFLLEdBQUcsUUFBUTtBQUMzRixNQUFJLElBQUksU0FBUyxPQUFXO0FBQzVCLGFBQVcsSUFBSSxNQUFNLEdBQUcsSUFBSSxTQUFTLFFBQVE7QUFDN0MsTUFBSSxJQUFJLEtBQUssZUFBZSxPQUFXLFVBQVMsSUFBSSxLQUFLLFlBQVksR0FBRyxJQUFJLG9CQUFvQixRQUFRO0FBQzFHO0FBRUEsU0FBUyxXQUFXLElBQWdCLE1BQWMsVUFBMEI7QUFDMUUsTUFBSSxDQUFDLE9BQU8sR0FBRyxJQUFJO0FBQ2pCLGFBQVMsSUFBSSxHQUFHLElBQUksU0FBUyxxQ0FBcUMsR0FBRyxNQUFNLHVCQUF1QjtBQUNwRyxNQUFJLENBQUMsT0FBTyxHQUFHLElBQUksRUFBRyxVQUFTLElBQUksR0FBRyxJQUFJLFNBQVMseUJBQXlCLEdBQUcsTUFBTSxnQkFBZ0I7QUFDckcsYUFBVyxHQUFHLE1BQU0sR0FBRyxJQUFJLFNBQVMsRUFBRSxPQUFPLEdBQUcsVUFBVSxNQUFPLEdBQUcsUUFBUTtBQUM1RSxNQUFJLE9BQU8sR0FBRyxZQUFZLFlBQVkscURBQXFELEtBQUssR0FBRyxRQUFRLEtBQUssQ0FBQztBQUMvRztBQUNGLFFBQU0sU0FBUztBQUNmLFdBQVM7QUFBQSxJQUNQLEdBQUcsSUFBSTtBQUFBLElBQ1A7QUFBQSxJQUNBLEdBQUc7QUFBQSxJQUNIO0FBQUEsRUFDRjtBQUNGO0FBRUEsU0FBUyxPQUFPLE9BQXlCO0FBQ3ZDLFNBQU8sT0FBTyxVQUFVLFlBQVksY0FBYyxLQUFLLEtBQUs7QUFDOUQ7QUFFQSxTQUFTLFNBQVMsS0FBYyxNQUFjLFVBQTBCO0FBQ3RFLE1BQUksT0FBTyxRQUFRLFlBQVksSUFBSSxTQUFTLGtCQUFrQixFQUFHO0FBQ2pFLFFBQU0sV0FBVyxPQUFPLFFBQVEsWUFBWSxRQUFRLEtBQUssZ0JBQWdCO0FBQ3pFLFdBQVM7QUFBQSxJQUNQO0FBQUEsSUFDQTtBQUFBLElBQ0E7QUFBQSxJQUNBO0FBQUEsRUFDRjtBQUNGO0FBRUEsU0FBUyxXQUNQLE9BQ0EsTUFDQSxPQUNBLFVBQ007QUFDTixNQUFJLFVBQVUsT0FBVztBQUN6QixNQUFJLE9BQU8sVUFBVSxLQUFLLEtBQU0sU0FBb0IsTUFBTSxTQUFVLFNBQW9CLE1BQU0sU0FBVTtBQUN4RyxRQUFNLFVBQVUsK0JBQStCLE1BQU0sS0FBSyxPQUFPLE1BQU0sUUFBUTtBQUMvRSxXQUFTLElBQUksTUFBTSxTQUFTLE9BQU8sK0JBQStCO0FBQ3BFOyIsCiAgIm5hbWVzIjogW10KfQo=
