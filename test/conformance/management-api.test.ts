import {
  type ApiGatewayManagementApiClient,
  ApiGatewayManagementApiServiceException,
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand,
} from "@aws-sdk/client-apigatewaymanagementapi";
import { expect } from "chai";
import { signHeaders } from "../local/support/sign-request.ts";
import type { TestClient } from "../local/support/test-client.ts";
import { connected, connectionIdOf } from "./conversation.ts";
import { management, managementUrl, signerOf } from "./target.ts";

describe("§7 @connections", () => {
  let client: TestClient;
  let ConnectionId: string;
  let api: ApiGatewayManagementApiClient;

  beforeEach(async function () {
    client = await connected(
      this as unknown as Mocha.Context,
      {},
      { client: { headers: { "User-Agent": "conformance" } } },
    );
    ConnectionId = await connectionIdOf(client);
    api = await management();
  });
  afterEach(() => client.close());

  async function refusal(work: Promise<unknown>): Promise<ApiGatewayManagementApiServiceException> {
    const error = await work.then(
      () => expect.fail("it was not refused"),
      (thrown: unknown) => thrown,
    );
    if (error instanceof ApiGatewayManagementApiServiceException) return error;
    throw error;
  }

  /** A well-formed id that is nobody's. */
  const nobody = (): string => `${ConnectionId.slice(0, 4)}${[...ConnectionId.slice(4, 15)].reverse().join("")}=`;

  it("§7.1 POST answers 200 and delivers the text", async () => {
    const { $metadata } = await api.send(new PostToConnectionCommand({ ConnectionId, Data: "hello 🦩" }));
    expect($metadata.httpStatusCode).to.equal(200);
    expect(await client.next()).to.equal("hello 🦩");
  });

  it("§7.1 the address may have its @ encoded", async () => {
    const command = new PostToConnectionCommand({ ConnectionId, Data: "encoded" });
    command.middlewareStack.add(
      (next) => (args) => {
        const request = args.request as { path: string };
        request.path = request.path.replace("@", "%40");
        return next(args);
      },
      { step: "build" },
    );
    await api.send(command);
    expect(await client.next()).to.equal("encoded");
  });

  it("§7.2 GET answers when and who, with the identity nested (mistake 21)", async () => {
    const { ConnectedAt, LastActiveAt, Identity } = await api.send(new GetConnectionCommand({ ConnectionId }));
    expect(ConnectedAt).to.be.instanceOf(Date);
    expect(Number(LastActiveAt)).to.be.at.least(Number(ConnectedAt));
    expect(Identity).to.have.all.keys("SourceIp", "UserAgent");
    expect(Identity?.UserAgent).to.equal("conformance");
  });

  it("§7.1 DELETE answers 204 and closes with 1000 (§5.2)", async () => {
    const { $metadata } = await api.send(new DeleteConnectionCommand({ ConnectionId }));
    expect($metadata.httpStatusCode).to.equal(204);
    expect(await client.closed).to.deep.equal({ code: 1000, reason: "Connection Closed Normally" });
  });

  it("§7.4 an id that nobody has is a GoneException, 410 (mistake 19)", async () => {
    for (const command of [
      new PostToConnectionCommand({ ConnectionId: nobody(), Data: "x" }),
      new GetConnectionCommand({ ConnectionId: nobody() }),
      new DeleteConnectionCommand({ ConnectionId: nobody() }),
    ]) {
      const error = await refusal(api.send(command as PostToConnectionCommand));
      expect(error).to.include({ name: "GoneException" });
      expect(error.$metadata.httpStatusCode).to.equal(410);
    }
  });

  it("§7.4 a 410 has no body: its error is in the header alone", async function () {
    const url = `${await managementUrl()}/@connections/${encodeURIComponent(nobody())}`;
    const { region, ...signer } = await signerOf(this);
    const answer = await fetch(url, { headers: signHeaders(signer, { url, region }) });
    expect(answer.status).to.equal(410);
    expect(answer.headers.get("x-amzn-errortype")).to.match(/^GoneException/);
    expect(await answer.text()).to.equal("");
  });

  it("§7.1 a call without a signature is refused with 403", async () => {
    const url = `${await managementUrl()}/@connections/${encodeURIComponent(ConnectionId)}`;
    for (const method of ["GET", "POST", "DELETE"]) expect((await fetch(url, { method })).status).to.equal(403);
  });

  it("§7.4 a connection that was closed is a GoneException (mistake 19)", async () => {
    await client.close();
    const error = await refusal(api.send(new PostToConnectionCommand({ ConnectionId, Data: "x" })));
    expect(error.name).to.equal("GoneException");
  });

  it("§7.4 an id of another form is 400, BadRequestException (mistake 20)", async () => {
    const error = await refusal(api.send(new PostToConnectionCommand({ ConnectionId: "not-an-id", Data: "x" })));
    expect(error.name).to.equal("BadRequestException");
    expect(error.$metadata.httpStatusCode).to.equal(400);
  });

  it("§7.4 more than 128 KB are a PayloadTooLargeException, 413 (mistake 20)", async () => {
    const Data = "x".repeat(128 * 1024 + 1);
    const error = await refusal(api.send(new PostToConnectionCommand({ ConnectionId, Data })));
    expect(error.name).to.equal("PayloadTooLargeException");
    expect(error.$metadata.httpStatusCode).to.equal(413);
  });

  it("§5.1 128 KB are delivered", async () => {
    await api.send(new PostToConnectionCommand({ ConnectionId, Data: "x".repeat(128 * 1024) }));
    expect(await client.next()).to.have.length(128 * 1024);
  });

  it("§7.1 without the stage in the path it is a ForbiddenException, 403 (mistake 22)", async () => {
    const rootless = await management("/");
    const error = await refusal(rootless.send(new PostToConnectionCommand({ ConnectionId, Data: "x" })));
    expect(error.name).to.equal("ForbiddenException");
    expect(error.$metadata.httpStatusCode).to.equal(403);
  });

  it("§1.9 a function reaches it under the domain name and stage of its event", async () => {
    const other = await connected({
      skip: () => expect.fail("the main stage has an address"),
    } as unknown as Mocha.Context);
    client.send({ action: "post", to: await connectionIdOf(other), data: "from a function" });
    expect(await other.next()).to.equal("from a function");
    expect(JSON.parse(await client.next())).to.deep.equal({ status: 200 });
    await other.close();
  });

  it("§7.3 a function whose role does not allow it is refused with 403", async () => {
    client.send({ action: "unprivileged", to: ConnectionId, data: "x" });
    const outcome = JSON.parse(await client.next());
    expect(outcome.status).to.equal(403);
    expect(outcome.name).to.match(/^(Forbidden|AccessDenied)Exception$/);
  });

  it("§7.5 posts of one caller, each after the answer to the one before, arrive in order", async () => {
    for (const Data of ["1", "2", "3", "4", "5"]) await api.send(new PostToConnectionCommand({ ConnectionId, Data }));
    const frames: string[] = [];
    while (frames.length < 5) frames.push(await client.next());
    expect(frames).to.deep.equal(["1", "2", "3", "4", "5"]);
  });

  it("§7.5 LastActiveAt moves with posts", async () => {
    const lastActive = async () => Number((await api.send(new GetConnectionCommand({ ConnectionId }))).LastActiveAt);
    const before = await lastActive();
    // It is told in seconds; the test's own time limit ends this.
    do {
      await api.send(new PostToConnectionCommand({ ConnectionId, Data: "x" }));
      await client.next();
    } while ((await lastActive()) === before);
    expect(await lastActive()).to.be.greaterThan(before);
  });
});
