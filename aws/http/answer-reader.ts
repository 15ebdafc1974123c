// Reads one HTTP/1.1 answer from the pieces that a socket delivers (RFC 9112 §6): by Content-Length, chunked, or up to the end of the
// connection.
import { decodeChunks } from "./decode-chunks.ts";
import type { HttpAnswer } from "./http-answer.ts";

/** Answers of `@connections` have a message at most. */
const MOST_BYTES = 64 * 1024;
const NOTHING = Buffer.alloc(0);

type Framing = { readonly kind: "length"; readonly bytes: number } | { readonly kind: "chunked" | "until-end" };

interface Head {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly framing: Framing;
  readonly keepAlive: boolean;
}

export class AnswerReader {
  #received: Buffer = NOTHING;
  #head: Head | undefined;

  /** The answer, when it is complete. Throws when this is no HTTP. */
  push(piece: Buffer): HttpAnswer | undefined {
    this.#received = this.#received.length === 0 ? piece : Buffer.concat([this.#received, piece]);
    if (this.#received.length > MOST_BYTES) throw new Error(`the answer is longer than ${MOST_BYTES} bytes`);
    while (!this.#head || isInterim(this.#head.status)) {
      const end = this.#received.indexOf("\r\n\r\n");
      if (end < 0) return undefined;
      this.#head = parseHead(this.#received.toString("latin1", 0, end));
      this.#received = this.#received.subarray(end + 4);
    }
    return this.#completed(this.#head);
  }

  /** The server has closed its side; the answer, if that was its end. */
  end(): HttpAnswer | undefined {
    const head = this.#head;
    if (head?.framing.kind !== "until-end" || isInterim(head.status)) return undefined;
    return this.#answer(head, this.#received, this.#received.length);
  }

  #completed(head: Head): HttpAnswer | undefined {
    const { framing } = head;
    switch (framing.kind) {
      case "length":
        if (this.#received.length < framing.bytes) return undefined;
        return this.#answer(head, this.#received.subarray(0, framing.bytes), framing.bytes);
      case "chunked": {
        const decoded = decodeChunks(this.#received);
        return decoded && this.#answer(head, decoded.body, decoded.length);
      }
      case "until-end":
        return undefined;
    }
  }

  /** Bytes beyond the answer were not asked for: whose answer they would be is unknown. */
  #answer({ status, headers, keepAlive }: Head, body: Buffer, used: number): HttpAnswer {
    const reusable = keepAlive && this.#received.length === used;
    this.#received = NOTHING;
    this.#head = undefined;
    return { status, headers, body: body.toString(), keepAlive: reusable };
  }
}

/** 100 Continue and 103 Early Hints come before the answer. */
function isInterim(status: number): boolean {
  return status < 200 && status !== 101;
}

function parseHead(text: string): Head {
  const lines = text.split("\r\n");
  const [, minor, code] = /^HTTP\/1\.([01]) (\d{3})(?: |$)/.exec(lines[0] ?? "") ?? [];
  if (code === undefined) throw new Error(`the answer starts with ${JSON.stringify((lines[0] ?? "").slice(0, 80))}`);
  const headers = new Map<string, string>();
  for (let at = 1; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const colon = line.indexOf(":");
    if (colon < 1) throw new Error(`the answer has the header line ${JSON.stringify(line.slice(0, 80))}`);
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  const status = Number(code);
  const connection = headers.get("connection")?.toLowerCase() ?? "";
  const persistent = minor === "1" ? !connection.includes("close") : connection.includes("keep-alive");
  const framing = framingOf(status, headers);
  return { status, headers, framing, keepAlive: persistent && framing.kind !== "until-end" && status !== 101 };
}

function framingOf(status: number, headers: ReadonlyMap<string, string>): Framing {
  if (status < 200 || status === 204 || status === 304) return { kind: "length", bytes: 0 };
  const coding = headers.get("transfer-encoding");
  // A length beside a transfer coding does not count (RFC 9112 §6.3).
  if (coding !== undefined) return { kind: /(^|,)\s*chunked$/i.test(coding) ? "chunked" : "until-end" };
  const length = headers.get("content-length");
  if (length === undefined) return { kind: "until-end" };
  if (!/^\d{1,15}$/.test(length)) throw new Error(`the answer has the Content-Length ${JSON.stringify(length)}`);
  return { kind: "length", bytes: Number(length) };
}
