// The path as SigV4 hashes it for every service but S3: normalized, then encoded once more than it is sent. What goes over the wire as
// `/dev/@connections/AbC%3D` is signed as `/dev/%40connections/AbC%253D`.
import { escapeUri } from "./escape-uri.ts";

export function canonicalPath(path: string): string {
  return escapeUri(normalized(path)).replaceAll("%2F", "/");
}

function normalized(path: string): string {
  if (!/\/(\/|\.\.?(\/|$))/.test(path)) return path;
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(segment);
  }
  return `/${segments.join("/")}${segments.length > 0 && path.endsWith("/") ? "/" : ""}`;
}
