/** Where a bundle's zip lies, relative to cdk.tf.json; with slashes on every system, since Terraform reads it. */
export function assetPath(bundle: string): string {
  return `assets/${bundle}.zip`;
}

/** Where a file of the page lies; no bundle's zip can be in its way. */
export function webAssetPath(name: string): string {
  return `assets/web/${name}`;
}
