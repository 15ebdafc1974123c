// Calls the handler of a bundle, one event after the other, and reports the CPU of one call.
import process from "node:process";
import { pathToFileURL } from "node:url";

const WARM_UP = 5_000;
const CALLS = 10_000;

const [, , file = ""] = process.argv;
const { handler } = await import(pathToFileURL(file).href);
const event = {
  requestContext: { domainName: "unused", stage: "bench", connectionId: "AbCdEfG12345678=" },
  body: '{"action":"post","text":"hello"}',
};

for (let call = 0; call < WARM_UP; call++) await handler(event);
const before = process.cpuUsage();
for (let call = 0; call < CALLS; call++) await handler(event);
const { user, system } = process.cpuUsage(before);
process.send?.((user + system) / 1000 / CALLS, () => process.exit(0));
