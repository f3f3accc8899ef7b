export { CommandError, type CallOptions, type Outcome } from "./command";
export { type CloudSeed, seedCloud } from "./cloud";
export { databaseLayer, type DatabaseOptions, installDatabase, startDatabase } from "./database";
export { Host, type HostRunOptions, type PutOptions } from "./host";
export { HostLab, type HostLabOptions } from "./lab";
export { whyNoHosts } from "./needs";
export { sweep } from "./owner";
