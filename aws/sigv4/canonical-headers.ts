export interface CanonicalHeaders {
  /** `host:…\nx-amz-date:…\n` */
  readonly block: string;
  /** `host;x-amz-date` */
  readonly names: string;
}

/** All of them: what is not to be signed is not passed in. Names in lower case. */
export function canonicalHeaders(headers: Readonly<Record<string, string>>): CanonicalHeaders {
  const names = Object.keys(headers).sort();
  const lines = names.map((name) => `${name}:${(headers[name] ?? "").trim().replace(/\s+/g, " ")}\n`);
  return { block: lines.join(""), names: names.join(";") };
}
