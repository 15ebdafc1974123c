// Who may be here and do what: the ports that the stage's `auth` and `rooms` decide.
import { connectionCloser } from "#aws/connection-closer.ts";
import { jwtTokens } from "#aws/jwt-tokens.ts";
import type { Clock, Ports, Tokens } from "#chat/ports.ts";
import { ChatError } from "#protocol/errors.ts";
import type { Config } from "./config.ts";

export function openIdentityPorts(
  { auth, roomRules }: Pick<Config, "auth" | "roomRules">,
  clock: Clock,
): Pick<Ports, "closer" | "rules" | "tokens"> {
  return {
    closer: connectionCloser(),
    rules: {
      tokens: auth.mode === "jwt",
      namesFromTokens: auth.mode === "jwt" && auth.nameClaim !== undefined,
      rooms: roomRules,
    },
    tokens: auth.mode === "jwt" ? jwtTokens(auth, clock) : noTokens,
  };
}

const noTokens: Tokens = {
  verify: async () => {
    throw new ChatError("not_allowed", "This deployment asks for no tokens: there is nothing to refresh.");
  },
};
