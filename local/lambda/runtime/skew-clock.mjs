/**
 * Chaos: this function's clock is wrong by so much. Signatures, expiry times and timestamps it makes are, too.
 * @param {number} ms
 */
export function skewClock(ms) {
  const TrueDate = globalThis.Date;
  const now = () => TrueDate.now() + ms;
  globalThis.Date = new Proxy(TrueDate, {
    construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    apply: () => new TrueDate(now()).toString(),
    get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
  });
}
