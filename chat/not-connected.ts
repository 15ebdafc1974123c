import { ChatError } from "#protocol/errors.ts";

/** The connection's row is gone while its socket still speaks: it outlived its time to live, or was taken for dead. */
export function notConnected(): ChatError {
  return new ChatError("not_connected", "This connection is not registered any more; connect again.");
}
