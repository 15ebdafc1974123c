/**
 * Policies of buckets, which moto would obey: it speaks plain HTTP only, and they refuse that. What it never hears of cannot keep terraform from
 * looking at what it uploaded.
 */
export class BucketPolicies {
  readonly #policies = new Map<string, string>();

  /** undefined for what is none of its business. */
  answer(method: string, { pathname, searchParams }: URL, body: Buffer) {
    if (!searchParams.has("policy")) return undefined;
    const headers = { "content-type": "application/json" };
    if (method === "PUT") this.#policies.set(pathname, body.toString());
    if (method === "DELETE") this.#policies.delete(pathname);
    if (method !== "GET") return { status: 204, headers, body: "" };
    const found = this.#policies.get(pathname);
    if (found !== undefined) return { status: 200, headers, body: found };
    const message = "<Error><Code>NoSuchBucketPolicy</Code><Message>none</Message></Error>";
    return { status: 404, headers: { "content-type": "application/xml" }, body: message };
  }
}
