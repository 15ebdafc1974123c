import type { ServerFrame } from "#protocol/messages.ts";

/**
 * API Gateway's own error, e.g. `{"message": "Internal server error", "connectionId":"…", "requestId":"…"}`. It has no `type`, and
 * its requestId is API Gateway's, not the one the request carried (aws facts §3.2).
 */
export interface GatewayFrame {
  readonly type: "gateway";
  readonly message: string;
}

/** Undefined for what this version of the client does not know: a newer server may say more. */
export function parseFrame(text: unknown): ServerFrame | GatewayFrame | undefined {
  const frame = typeof text === "string" ? parseObject(text) : undefined;
  if (frame === undefined) return undefined;
  switch (frame.type) {
    case "ack":
    case "error":
    case "message":
    case "edit":
    case "deletion":
    case "entries":
    case "signals":
    case "presence":
    case "typing":
    case "receipt":
      return frame as unknown as ServerFrame;
    case undefined:
      return typeof frame.message === "string" ? { type: "gateway", message: frame.message } : undefined;
    default:
      return undefined;
  }
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
