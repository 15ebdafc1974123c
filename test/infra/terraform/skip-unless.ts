import type { Installed } from "./terraform.ts";

/** Skips a test, and says why, where terraform or the simulated AWS is missing. */
export function skipUnless(
  context: Mocha.Context,
  found: Installed | string,
  moto?: string,
): asserts found is Installed {
  const reason = typeof found === "string" ? found : moto;
  if (reason === undefined) return;
  console.log(`      skipped: ${reason}`);
  context.skip();
}
