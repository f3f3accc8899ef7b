import { cloudConfig, type NodeUserData, standardPatienceSeconds } from "./userData";

/** What a host needs that SSH goes through: its known host key and its user, who may do nothing there but pass. */
export type JumpUserData = Pick<NodeUserData, "hostKey" | "login" | "dnsSuffix">;

/** The user data of such a host, as a cloud-config: `program` stops after the host key. */
export function jumpUserData({ hostKey, login, dnsSuffix }: JumpUserData, program: string): string {
  const settings = { steps: ["host key"], hostKey, dnsSuffix, endpoints: {}, patienceSeconds: standardPatienceSeconds };
  const user = {
    name: login.user,
    ssh_authorized_keys: [login.publicKey],
    shell: "/bin/sh",
    lock_passwd: true,
  };
  return cloudConfig({ settings, user, program });
}
