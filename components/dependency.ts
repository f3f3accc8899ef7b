import * as pulumi from "@pulumi/pulumi";

/**
 * A value that is known as soon as `value` is, in a preview too, and still makes its users wait for the resources: a
 * resource's URN is known before the resource exists, unlike anything that its provider says about it.
 */
export function after<T>(
  resources: readonly pulumi.Resource[],
  value: pulumi.Input<T>,
): pulumi.Output<pulumi.Unwrap<T>> {
  const urns = resources.map((resource) => resource.urn);
  return pulumi.all([pulumi.output(urns), pulumi.output(value)]).apply(([, known]) => known as pulumi.Unwrap<T>);
}
