/** Components for AWS. They need `@pulumi/aws`; nothing else of this library does. */
export { type LifecycleRequest, type LifecycleRule, lifecycleRules, type StorageStep } from "../../model/aws/lifecycle";
