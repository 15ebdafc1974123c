// `npm run local`: the bundle of the emulator if there is one and it is up to date, else its sources. package.json gives Node small
// semi-spaces: what a message leaves behind fits in, and by default the gateway's heap grows by 30 MB that nothing is kept in.
import path from "node:path";
import { pathToFileURL } from "node:url";
import { isFresh } from "./bundled-program.mjs";

const root = path.join(import.meta.dirname, "..");
const bundle = "dist/local/main.mjs";

// by URL, so that the compiler does not look into what was built
if (isFresh(root, bundle)) await import(pathToFileURL(path.join(root, bundle)).href);
else {
  const { register } = await import("tsx/esm/api");
  register();
  await import("./local.ts");
}
