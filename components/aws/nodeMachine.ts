import * as ebs from "@pulumi/aws/ebs";
import * as ec2 from "@pulumi/aws/ec2";
import * as route53 from "@pulumi/aws/route53";
import * as pulumi from "@pulumi/pulumi";
import { dataDirectory, type NodePlan, type SharedPlan } from "./ec2NodesPlan";
import type { HostKey } from "./hostKey";
import type { NodeGroup } from "./nodeGroup";
import type { NodeRole } from "./nodeRole";
import { encodedUserData } from "./nodeSetup";

/** What a node's machine is made from. */
export interface MachineRequest {
  /** Name of the component. */
  name: string;
  nodeId: string;
  generation: number;
  shared: SharedPlan;
  node: pulumi.Output<NodePlan>;
  tags: pulumi.Output<Record<string, string>>;
  /** Where it is, once that was found to be in the right network. */
  place: pulumi.Output<{ subnetId: string; availabilityZone: string }>;
  group: NodeGroup;
  zoneId: pulumi.Input<string>;
  key: HostKey;
  role: NodeRole;
  disposable: boolean;
}

export interface Machine {
  address: pulumi.Output<string>;
  volume: ebs.Volume;
  instance: ec2.Instance;
  attachment: ec2.VolumeAttachment;
}

/** Address, name and data, which stay, and the instance, which may be replaced. */
export function nodeMachine(request: MachineRequest, opts: pulumi.CustomResourceOptions): Machine {
  const { name, nodeId, shared, node, tags, place, group, zoneId } = request;
  const { region } = shared;
  const { hostName } = node;
  // The database looks its members up when it starts, and not again: so an address survives its instance.
  const card = new ec2.NetworkInterface(
    `${name}-address-${nodeId}`,
    { description: hostName, subnetId: place.subnetId, securityGroups: [group.id], region, tags },
    opts,
  );
  const record = new route53.Record(
    `${name}-name-${nodeId}`,
    { zoneId, name: hostName, type: "A", ttl: 60, records: [card.privateIp] },
    { ...opts, deleteBeforeReplace: true },
  );
  const volume = dataVolume(request, opts);
  const instance = nodeInstance({ ...request, card, volume, record }, opts);
  const attachment = new ec2.VolumeAttachment(
    `${name}-data-${nodeId}`,
    {
      deviceName: "/dev/sdf",
      instanceId: instance.id,
      volumeId: volume.id,
      // A database that loses its disk while it writes has to be recovered: it is stopped first.
      stopInstanceBeforeDetaching: true,
      region,
    },
    { ...opts, deleteBeforeReplace: true },
  );
  return { address: card.privateIp, volume, instance, attachment };
}

function dataVolume(request: MachineRequest, opts: pulumi.CustomResourceOptions): ebs.Volume {
  const { name, nodeId, shared, tags, place, disposable } = request;
  const { volume, kmsKeyArn: kmsKeyId, region } = shared;
  const kept = disposable ? {} : { protect: true, retainOnDelete: true };
  return new ebs.Volume(
    `${name}-data-${nodeId}`,
    {
      availabilityZone: place.availabilityZone,
      ...volume,
      encrypted: true,
      kmsKeyId,
      region,
      tags,
    },
    { ...opts, ...kept },
  );
}

/**
 * A later change of image or user data is for the next generation: it stops and replaces nothing. That one gets what is
 * in the program then; before it is there the old one has to let go of address and volume.
 */
export function ofGeneration(generation: number): pulumi.CustomResourceOptions {
  return { ignoreChanges: ["ami", "userDataBase64"], replacementTrigger: generation, deleteBeforeReplace: true };
}

type InstanceRequest = MachineRequest & { card: ec2.NetworkInterface; volume: ebs.Volume; record: route53.Record };

function nodeInstance(request: InstanceRequest, opts: pulumi.CustomResourceOptions): ec2.Instance {
  const { name, nodeId, generation, shared, node, group, key, role, disposable, card, volume, record } = request;
  const { kmsKeyArn: kmsKeyId } = shared;
  const tags = request.tags.apply((all) => ({ ...all, "neumann-generation": String(generation) }));
  return new ec2.Instance(
    `${name}-instance-${nodeId}`,
    {
      ami: shared.amiId,
      instanceType: shared.instanceType,
      primaryNetworkInterface: { networkInterfaceId: card.id },
      iamInstanceProfile: role.profileName,
      userDataBase64: userDataOf({ shared, node, key, volume }),
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      rootBlockDevice: {
        encrypted: true,
        kmsKeyId,
        volumeType: "gp3",
        deleteOnTermination: true,
        tags: request.tags,
      },
      ebsOptimized: true,
      instanceInitiatedShutdownBehavior: "stop",
      // Against others than Pulumi.
      disableApiTermination: !disposable,
      forceDestroy: true,
      region: shared.region,
      tags,
    },
    // What its first boot asks for has to be there.
    { ...opts, ...ofGeneration(generation), dependsOn: [...role.resources, ...group.rules, key.parameter, record] },
  );
}

function userDataOf({ shared, node, key, volume }: Pick<InstanceRequest, "shared" | "node" | "key" | "volume">) {
  return pulumi
    .all([shared.plan, node, key.parameter.name, key.publicKey, volume.id])
    .apply(([{ region, database, login, dnsSuffix }, { nodeId, hostName, config }, parameter, publicKey, volumeId]) =>
      encodedUserData({
        ...{ nodeId, hostName, config, volumeId, dataDirectory, login, dnsSuffix },
        database: { bucket: database.bucket, key: database.key, region: database.region, sha256: database.sha256 },
        hostKey: { parameter, region, publicKey },
      }),
    );
}
