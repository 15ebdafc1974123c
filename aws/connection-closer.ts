import { ApiGatewayManagementApiClient, DeleteConnectionCommand } from "@aws-sdk/client-apigatewaymanagementapi";
import type { Closer } from "#chat/ports.ts";

/** Ends connections through the SDK: it happens too rarely to be worth a request of our own. Its standard variable says where. */
export function connectionCloser(client = new ApiGatewayManagementApiClient({})): Closer {
  return {
    async close(connectionId) {
      try {
        await client.send(new DeleteConnectionCommand({ ConnectionId: connectionId }));
      } catch (error) {
        if (!(error instanceof Error && error.name === "GoneException")) throw error;
      }
    },
  };
}
