/** Where a bundle's zip lies, relative to cdk.tf.json; with slashes on every system, since Terraform reads it. */
export function assetPath(bundle: string): string {
  return `assets/${bundle}.zip`;
}
