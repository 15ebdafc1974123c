// What chat samples do: for each message, one PostToConnectionCommand of the AWS SDK for each member, all at once.
import { ApiGatewayManagementApiClient, PostToConnectionCommand } from "@aws-sdk/client-apigatewaymanagementapi";
import type { Entry } from "#protocol/messages.ts";

export interface NaiveEngine {
  show(entry: Entry, members: readonly string[]): Promise<void>;
  readonly posts: number;
  close(): void;
}

export function naiveEngine(
  endpoint: string,
  sockets: number,
  credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken: string },
): NaiveEngine {
  const requestHandler = { httpAgent: { keepAlive: true, maxSockets: sockets } };
  const client = new ApiGatewayManagementApiClient({ endpoint, region: "us-east-1", credentials, requestHandler });
  let posts = 0;
  return {
    async show(entry, members) {
      const Data = Buffer.from(JSON.stringify(entry));
      await Promise.all(
        members.map((ConnectionId) => {
          posts++;
          return client.send(new PostToConnectionCommand({ ConnectionId, Data }));
        }),
      );
    },
    get posts() {
      return posts;
    },
    close: () => client.destroy(),
  };
}
