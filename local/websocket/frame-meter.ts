// `ws` reassembles messages and does not say how long their frames were. So this reads along on the socket's bytes, frame
// headers only (RFC 6455 §5.2), to know which message holds a frame above the limit (aws facts §5.1).

export class FrameMeter {
  /** Number of the first message (from 0) with a frame that is too long; Infinity as long as there is none. */
  oversizedMessage = Number.POSITIVE_INFINITY;
  readonly #maxFrameBytes: number;
  readonly #header = Buffer.alloc(14);
  #headerBytes = 0;
  #payloadLeft = 0;
  #messages = 0;

  constructor(maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes;
  }

  read(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && this.oversizedMessage === Number.POSITIVE_INFINITY) {
      if (this.#payloadLeft > 0) {
        const skipped = Math.min(this.#payloadLeft, chunk.length - at);
        this.#payloadLeft -= skipped;
        at += skipped;
      } else {
        this.#header[this.#headerBytes++] = chunk[at++] ?? 0;
        if (this.#headerBytes >= 2 && this.#headerBytes === this.#headerLength()) this.#endOfHeader();
      }
    }
  }

  /** Two bytes, the extended length, and the mask: clients always mask, others are refused by `ws`. */
  #headerLength(): number {
    const second = this.#header[1] ?? 0;
    const length = second & 0x7f;
    return 2 + (length === 127 ? 8 : length === 126 ? 2 : 0) + (second & 0x80 ? 4 : 0);
  }

  #endOfHeader(): void {
    const [first = 0, second = 0] = this.#header;
    const short = second & 0x7f;
    if (short < 126) this.#payloadLeft = short;
    else if (short === 126) this.#payloadLeft = this.#header.readUInt16BE(2);
    else this.#payloadLeft = this.#header.readUInt32BE(2) * 2 ** 32 + this.#header.readUInt32BE(6);
    this.#headerBytes = 0;
    const isControl = (first & 0x08) !== 0;
    if (isControl) return;
    if (this.#payloadLeft > this.#maxFrameBytes) this.oversizedMessage = this.#messages;
    if (first & 0x80) this.#messages++;
  }
}
