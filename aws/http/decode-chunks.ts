/** The body of a chunked message (RFC 9112 §7.1) and how many bytes it took; undefined while there is more to come. */
export function decodeChunks(bytes: Buffer): { readonly body: Buffer; readonly length: number } | undefined {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = bytes.indexOf("\r\n", at);
    if (lineEnd < 0) return undefined;
    const size = sizeOf(bytes.toString("latin1", at, lineEnd));
    at = lineEnd + 2;
    if (size === 0) {
      const end = endOfTrailers(bytes, at);
      return end === undefined ? undefined : { body: Buffer.concat(chunks), length: end };
    }
    if (bytes.length < at + size + 2) return undefined;
    chunks.push(bytes.subarray(at, at + size));
    at += size + 2;
    if (bytes[at - 2] !== 13 || bytes[at - 1] !== 10)
      throw new Error("a chunk of the answer does not end where it said");
  }
}

function sizeOf(line: string): number {
  const [, size] = /^([0-9a-f]{1,8})[ \t]*(?:;|$)/i.exec(line) ?? [];
  if (size === undefined) throw new Error(`the answer has the chunk size ${JSON.stringify(line.slice(0, 80))}`);
  return Number.parseInt(size, 16);
}

/** Trailers are read over. */
function endOfTrailers(bytes: Buffer, start: number): number | undefined {
  for (let at = start; ; ) {
    const lineEnd = bytes.indexOf("\r\n", at);
    if (lineEnd < 0) return undefined;
    if (lineEnd === at) return lineEnd + 2;
    at = lineEnd + 2;
  }
}
