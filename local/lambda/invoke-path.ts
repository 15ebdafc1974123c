// `/2015-03-31/functions/<name, ARN or part of one>/invocations?Qualifier=<alias or version>`

export interface InvokePath {
  readonly functionName: string;
  readonly qualifier: string | undefined;
}

/** undefined: another operation. */
export function parseInvokePath(url: string): InvokePath | undefined {
  const [path = "", query] = url.split("?", 2);
  const [, encoded] = path.match(/^\/2015-03-31\/functions\/([^/]+)\/invocations\/?$/) ?? [];
  if (encoded === undefined) return undefined;
  const parts = decode(encoded).split(":");
  const at = parts.indexOf("function");
  // Of an ARN or `<account>:function:<name>` the rest; else `<name>` or `<name>:<qualifier>`.
  const [functionName = "", inName] = at < 0 ? parts : parts.slice(at + 1);
  return { functionName, qualifier: new URLSearchParams(query).get("Qualifier") ?? inName };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
