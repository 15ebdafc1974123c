// Posts a frame to a connection through API Gateway's @connections (aws facts §7).
import { type ApiGatewayManagementApiClient, PostToConnectionCommand } from "@aws-sdk/client-apigatewaymanagementapi";
import type { Poster, PostOutcome } from "#chat/ports.ts";

export interface PosterSettings {
  readonly client: ApiGatewayManagementApiClient;
  /** Told of every post that was given up, with its cause. */
  readonly onFailure: (connectionId: string, cause: unknown) => void;
}

export function connectionPoster({ client, onFailure }: PosterSettings): Poster {
  return {
    async post(connectionId, frame): Promise<PostOutcome> {
      try {
        await client.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: Buffer.from(frame) }));
        return "sent";
      } catch (error) {
        if (isGone(error)) return "gone";
        onFailure(connectionId, error);
        return "failed";
      }
    },
  };
}

/** By status as well as by name: a 410 without the error-type header reaches us as `Unknown` (aws facts §7.4). */
function isGone(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  return status === 410 || error.name === "GoneException";
}
