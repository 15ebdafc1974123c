/** The stack cannot be made from what is there, and its message says what to do; anything else thrown is a bug. */
export class SynthError extends Error {
  override readonly name = "SynthError";
}
