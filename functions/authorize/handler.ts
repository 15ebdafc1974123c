import { jwtTokens } from "#aws/jwt-tokens.ts";
import { readJwtAuth } from "../runtime/auth-config.ts";
import { onAuthorize } from "../runtime/on-authorize.ts";

const auth = readJwtAuth(process.env);

export const handler = onAuthorize(jwtTokens(auth, { now: Date.now }), auth);
