import { ChatError } from "#protocol/errors.ts";
import { LIMITS } from "#protocol/limits.ts";
import type { Ports } from "./ports.ts";

/** @throws ChatError `rate_limited` */
export function requireRate(ports: Pick<Ports, "rates">, of: keyof typeof LIMITS.rates, key: string): void {
  if (ports.rates.take(of, key)) return;
  const { perSecond } = LIMITS.rates[of];
  throw new ChatError(
    "rate_limited",
    `That is too much at once: a ${of} may have ${perSecond} a second. Wait a moment.`,
  );
}
