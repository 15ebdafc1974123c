import {
  ApiGatewayManagementApiClient,
  type ApiGatewayManagementApiServiceException,
  DeleteConnectionCommand,
} from "@aws-sdk/client-apigatewaymanagementapi";
import type { Closer } from "#chat/ports.ts";

/** Ends connections through the SDK: it happens too rarely to be worth a request of our own. Its standard variable says where. */
export function connectionCloser(client = new ApiGatewayManagementApiClient({})): Closer {
  return {
    async close(connectionId) {
      try {
        await client.send(new DeleteConnectionCommand({ ConnectionId: connectionId }));
        return "ended";
      } catch (error) {
        // by the status: the header with the error's name is not always there (aws facts §7.4)
        if ((error as ApiGatewayManagementApiServiceException).$metadata?.httpStatusCode === 410) return "gone";
        throw error;
      }
    },
  };
}
