// What must be there before an authorizer is asked (aws facts §1.6). Names are compared as the events have them: exactly.
import type { ConnectionFacts, HandshakeFacts } from "./lambda-event.ts";

/** The value, or undefined. */
export type IdentitySource = (connection: ConnectionFacts, handshake: HandshakeFacts) => string | undefined;

const contextValues: Readonly<Record<string, (facts: ConnectionFacts) => string | undefined>> = {
  apiId: ({ stage }) => stage.apiId,
  stage: ({ stage }) => stage.name,
  domainName: ({ domainName }) => domainName,
  connectionId: ({ id }) => id,
  routeKey: () => "$connect",
  eventType: () => "CONNECT",
  "identity.sourceIp": ({ identity }) => identity.sourceIp,
  "identity.userAgent": ({ identity }) => identity.userAgent,
};

/** Throws a sentence for what is no source of a WebSocket API. */
export function compileIdentitySource(expression: string): IdentitySource {
  const [, kind, name = ""] =
    expression.match(/^\$?(route\.request\.header|route\.request\.querystring|context|stageVariables)\.(.+)$/) ?? [];
  switch (kind) {
    case "route.request.header":
      return (_connection, { headers }) => ownValue(headers, name)?.at(-1);
    case "route.request.querystring":
      return (_connection, { query }) => ownValue(query, name)?.at(-1);
    case "stageVariables":
      return ({ stage }) => stage.variables && ownValue(stage.variables, name);
    case "context": {
      const read = ownValue(contextValues, name);
      if (read) return read;
    }
  }
  const hint = /^\$request\./.test(expression) ? " ($request is the form of HTTP APIs)" : "";
  throw new Error(
    `the identity source "${expression}" is none of a WebSocket API${hint}: it is route.request.header.<name>, route.request.querystring.<name>, stageVariables.<name> or context.<${Object.keys(contextValues).join("|")}>`,
  );
}

function ownValue<T>(values: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}
