/** What the access log says of every handshake, message and goodbye: one JSON object a line (aws facts §8.3). */
const FIELDS = {
  requestId: "$context.requestId",
  ip: "$context.identity.sourceIp",
  requestTime: "$context.requestTime",
  eventType: "$context.eventType",
  routeKey: "$context.routeKey",
  status: "$context.status",
  connectionId: "$context.connectionId",
  messageId: "$context.messageId",
  integrationStatus: "$context.integration.integrationStatus",
  functionStatus: "$context.integration.status",
  integrationLatency: "$context.integration.latency",
  integrationError: "$context.integration.error",
  integrationRequestId: "$context.integration.requestId",
  error: "$context.error.message",
} as const;

/** Single line, below API Gateway's 3 KB; every value is quoted, since API Gateway writes a bare `-` for what has none. */
export const ACCESS_LOG_FORMAT = JSON.stringify(FIELDS);
