import type { Context } from "mocha";
import { type Browser, chromium } from "playwright-core";
import { findChromium } from "./find-chromium.ts";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts Chromium, or skips the tests saying why – unless REQUIRE_CHROMIUM=1, as in CI, where a missing browser is a failure. */
export async function startBrowser(test: Context): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath !== undefined) return chromium.launch({ executablePath, args: FLAGS });
  const why =
    "No Chromium found: looked at CHROMIUM_PATH, /usr/bin and PATH for chromium, chromium-browser and google-chrome.";
  if (process.env.REQUIRE_CHROMIUM === "1") throw new Error(`${why} REQUIRE_CHROMIUM=1 forbids to skip these tests.`);
  console.log(`      skipped: ${why}`);
  return test.skip();
}
