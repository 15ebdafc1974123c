// The `$disconnect` event: after the socket is closed, its result is nobody's (aws facts §4).
import type { CloseCause } from "./disconnect.ts";
import type { GatewayParts } from "./gateway-parts.ts";
import { type ConnectionFacts, disconnectEvent } from "./lambda-event.ts";
import { recordAccess } from "./record-access.ts";

export async function runDisconnect(
  facts: ConnectionFacts,
  cause: CloseCause,
  { requests }: Pick<GatewayParts, "requests">,
): Promise<void> {
  const request = requests.newRequest(facts.endings);
  const route = facts.stage.disconnect;
  const integration = await route?.call(disconnectEvent(facts, request, cause));
  const status = integration === undefined || integration.kind === "answered" ? 200 : 500;
  recordAccess(facts, request, { eventType: "DISCONNECT", routeKey: "$disconnect", status, integration });
}
