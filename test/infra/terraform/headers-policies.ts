const PATH = /^\/2020-05-31\/response-headers-policy(?:\/([^/]+))?$/;

export interface XmlAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** CloudFront's policies of response headers, which moto does not have: kept in the words in which they were asked for. */
export class HeadersPolicies {
  readonly #policies = new Map<string, string>();

  /** undefined for what is none of its business. */
  answer(method: string, path: string, body: Buffer): XmlAnswer | undefined {
    const [is, id = `policy-${this.#policies.size + 1}`] = PATH.exec(path) ?? [];
    if (is === undefined) return undefined;
    if (method === "DELETE") {
      const status = this.#policies.delete(id) ? 204 : 404;
      return { status, headers: {}, body: "" };
    }
    if (method !== "GET") this.#policies.set(id, body.toString().replace(/^<\?xml[^>]*\?>/, ""));
    const config = this.#policies.get(id);
    if (config === undefined) return { status: 404, headers: {}, body: NOT_FOUND };
    const status = method === "POST" ? 201 : 200;
    const modified = "<LastModifiedTime>2026-01-01T00:00:00Z</LastModifiedTime>";
    return {
      status,
      headers: { ETag: "E1", "content-type": "text/xml" },
      body: `<ResponseHeadersPolicy><Id>${id}</Id>${modified}${config}</ResponseHeadersPolicy>`,
    };
  }
}

const NOT_FOUND =
  "<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchResponseHeadersPolicy</Code><Message>none</Message></Error></ErrorResponse>";
