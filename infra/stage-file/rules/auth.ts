import { didYouMean } from "../did-you-mean.ts";
import { fields } from "../fields.ts";
import { quote } from "../quote.ts";
import { isProduction } from "./production.ts";
import type { Rule } from "./rule.ts";

export const completeAuth: Rule = (stage, report) => {
  const { mode, create, ...auth } = fields(stage.auth);
  if (mode !== "jwt") return;
  // without the route API Gateway lets everybody in, and asks no authorizer
  if (!Object.hasOwn(fields(stage.routes), "$connect"))
    report(["auth"], { found: "no route $connect", expected: "one: only there API Gateway asks for tokens" });
  const ofIssuer = ["issuer", "audience", "jwksUri"];
  if (create !== undefined) {
    for (const key of ofIssuer.filter((known) => auth[known] !== undefined))
      report(["auth", key], { expected: 'none beside "create": the user pool that is made decides it' });
    return;
  }
  for (const key of ["issuer", "audience"].filter((needed) => auth[needed] === undefined))
    report(["auth"], { found: `no ${key}`, expected: `"${key}": without it no token can be told from a false one` });
};

/** Who says what the rooms are, when nobody says where to look? */
export const prefixOfRooms: Rule = (stage, report) => {
  const { roomsClaim, roomsPrefix } = fields(stage.auth);
  if (roomsPrefix !== undefined && roomsClaim === undefined)
    report(["auth", "roomsPrefix"], { expected: 'a "roomsClaim" beside it: the claim whose texts begin so' });
};

export const authFunction: Rule = (stage, report) => {
  const { mode, function: name = "authorize" } = fields(stage.auth);
  const functions = Object.keys(fields(stage.functions));
  if (mode !== "jwt" || typeof name !== "string" || functions.includes(name)) return;
  const expected = `${didYouMean(name, functions)}a key of "functions": {"${name}": {}} there is enough`;
  report(["auth"], { found: `no function ${quote(name)}, which would check the tokens`, expected });
};

/** A trace writes whole handshakes to the log: their protocols and query are where the token is. */
export const noTokensInLogs: Rule = (stage, report) => {
  // production refuses it anyway
  if (isProduction(stage)) return;
  if (fields(stage.auth).mode === "jwt" && fields(stage.logs).dataTrace === true)
    report(["logs", "dataTrace"], { expected: "false with tokens: it would write them to the log" });
};

export const memberRooms: Rule = (stage, report) => {
  const { mode, roomsClaim } = fields(stage.auth);
  if (mode === "jwt" && roomsClaim !== undefined) return;
  for (const [room, rule] of Object.entries(fields(stage.rooms))) {
    if (rule === "members" || rule === "read-only")
      report(["rooms", room], { expected: 'public, or "auth" with a "roomsClaim" that says who is a member' });
  }
};
