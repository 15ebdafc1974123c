// The `$disconnect` event: after the socket is closed, its result is nobody's (aws facts §4). It is best effort on AWS, so
// chaos may drop it, delay it or send it twice.
import type { CloseCause } from "./disconnect.ts";
import type { GatewayParts } from "./gateway-parts.ts";
import { type ConnectionFacts, disconnectEvent } from "./lambda-event.ts";
import { recordRequest } from "./record-request.ts";

export async function runDisconnect(
  facts: ConnectionFacts,
  cause: CloseCause,
  { requests, chaos, clock }: Pick<GatewayParts, "requests" | "chaos" | "clock">,
): Promise<void> {
  if (chaos.strike("disconnect-drop")) return;
  const delay = chaos.strike("disconnect-delay");
  if (delay) await new Promise<void>((resolve) => void clock.setTimer(delay.ms ?? 0, resolve));
  const deliveries = chaos.strike("disconnect-duplicate") ? 2 : 1;
  await Promise.all(Array.from({ length: deliveries }, () => deliver(facts, cause, requests)));
}

async function deliver(facts: ConnectionFacts, cause: CloseCause, requests: GatewayParts["requests"]): Promise<void> {
  const request = requests.newRequest(facts.endings);
  const integration = await facts.stage.disconnect?.call(disconnectEvent(facts, request, cause), request.requestId);
  const status = integration === undefined || integration.kind === "answered" ? 200 : 500;
  recordRequest(facts, request, { eventType: "DISCONNECT", routeKey: "$disconnect", status, integration });
}
