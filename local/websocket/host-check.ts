// A web page anywhere can point its own name at 127.0.0.1 (DNS rebinding) and would then talk to the local stack as if it
// were its own server. Its Host header gives it away.
import { isIP } from "node:net";
import { hostname } from "node:os";

const machine = hostname().toLowerCase();

/** Names that mean this machine, IP addresses, and the names AWS would have given the API. A stack's own domains come in addition. */
export function isTrustedHost(hostHeader: string | undefined): boolean {
  const name = hostName(hostHeader);
  return (
    name === "localhost" ||
    name === machine ||
    isIP(name) !== 0 ||
    name.endsWith(".localhost") ||
    name.endsWith(".amazonaws.com")
  );
}

export function untrustedHostMessage(hostHeader: string | undefined): string {
  return (
    `The local gateway does not answer to the host name "${hostName(hostHeader)}": it could be a web page's attempt to reach ` +
    `this machine. Use localhost, an IP address, "*.localhost", "${machine}" or a custom domain of the stack.`
  );
}

/** Without the port, and without the brackets of an IPv6 address. */
export function hostName(hostHeader: string | undefined): string {
  const name = (hostHeader ?? "").toLowerCase();
  return name.startsWith("[") ? name.slice(1, Math.max(1, name.indexOf("]"))) : name.replace(/:\d*$/, "");
}
