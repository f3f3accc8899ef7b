/** A Pulumi program that makes nothing: the engine's own cost. */
export {};
