// A web page anywhere can point its own name at 127.0.0.1 (DNS rebinding) and would then talk to the local stack as if it
// were its own server. Its Host header gives it away.
import { isIP } from "node:net";
import { hostname } from "node:os";
import { forbidden, type HttpAnswer } from "./websocket/http-answer.ts";

const machine = hostname().toLowerCase();

/** What containers call the machine they run on. `internal` is not in the public DNS. */
const ofContainers = new Set(["host.docker.internal", "gateway.docker.internal", "host.containers.internal"]);

/** `isOwnName`: beside this machine's names and AWS's, those of the stack. */
export function foreignHost(
  hostHeader: string | undefined,
  isOwnName: (host: string | undefined) => boolean = () => false,
): HttpAnswer | undefined {
  if (isTrustedHost(hostHeader) || isOwnName(hostHeader)) return undefined;
  const message =
    `The local stack does not answer to the host name "${hostName(hostHeader)}": it could be a web page's attempt to reach ` +
    `this machine. Use localhost, an IP address, "*.localhost", "${machine}" or, for the gateway, a custom domain of the stack.`;
  return { ...forbidden, message };
}

/** Names that mean this machine, IP addresses, and the names AWS would have given the API. */
function isTrustedHost(hostHeader: string | undefined): boolean {
  const name = hostName(hostHeader);
  return (
    isLoopback(name) ||
    name === machine ||
    isIP(name) !== 0 ||
    ofContainers.has(name) ||
    name.endsWith(".amazonaws.com")
  );
}

/** An IPv6 address with its brackets or without. */
export function isLoopback(name: string): boolean {
  return (
    name === "localhost" ||
    name.endsWith(".localhost") ||
    (isIP(name) === 4 && name.startsWith("127.")) ||
    name === "::1" ||
    name === "[::1]"
  );
}

/** Without the port, and without the brackets of an IPv6 address. */
export function hostName(hostHeader: string | undefined): string {
  const name = (hostHeader ?? "").toLowerCase();
  return name.startsWith("[") ? name.slice(1, Math.max(1, name.indexOf("]"))) : name.replace(/:\d*$/, "");
}
