import { escapeUri } from "./escape-uri.ts";

/** A query string as it is sent (`b=2&a=1`) in the order and encoding that SigV4 hashes. */
export function canonicalQuery(query: string): string {
  const parameters = query
    .split("&")
    .filter((parameter) => parameter !== "")
    .map((parameter) => {
      const at = parameter.indexOf("=");
      const [name, value] = at < 0 ? [parameter, ""] : [parameter.slice(0, at), parameter.slice(at + 1)];
      return [escapeUri(decodeURIComponent(name)), escapeUri(decodeURIComponent(value))] as const;
    });
  // by code point, as AWS sorts; a locale's order differs
  parameters.sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0));
  return parameters.map(([name, value]) => `${name}=${value}`).join("&");
}
