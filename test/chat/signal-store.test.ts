import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import { dynamodbSignals } from "#aws/dynamodb-signals.ts";
import type { Signal } from "#protocol/messages.ts";
import { runScripted } from "#test/aws/support/scripted-server.ts";
import { type ChatWorld, openChatWorld } from "#test/support/chat-world.ts";

const ROOM = "room:general";
const typing = (id: string, conversation = ROOM): Signal => ({ type: "typing", conversation, user: { id } });

describe("the signal store", () => {
  let world: ChatWorld;
  const note = async (signal: Signal) => {
    world.pass(1);
    return world.ports.signals.note({ signal, at: 5, dialect: "native" });
  };
  const usersAfter = async (key: number, most = 100) =>
    (await world.ports.signals.after(ROOM, key, most, "at leisure")).map(({ signal }) => signal.user.id);

  beforeEach(async () => {
    const startedAt = Date.now();
    world = await openChatWorld({ now: () => startedAt });
  });
  afterEach(() => world.close());

  it("keeps what a signal says, since when, and what its sender speaks", async () => {
    const signal: Signal = {
      type: "receipt",
      conversation: ROOM,
      seq: 7,
      kind: "read",
      user: { id: "a", name: "Ann" },
    };
    const key = await world.ports.signals.note({ signal, at: 5 });
    expect(await world.ports.signals.after(ROOM, 0, 10, "at leisure")).to.deep.equal([{ key, signal, at: 5 }]);
    await note(typing("b"));
    expect((await world.ports.signals.after(ROOM, key, 10, "at leisure"))[0]).to.deep.include({ dialect: "native" });
  });

  it("answers with what came after another, of many with the newest, oldest first", async () => {
    const keys: number[] = [];
    for (const user of ["a", "b", "c", "d"]) keys.push(await note(typing(user)));
    await note(typing("x", "room:other"));
    expect(keys).to.deep.equal(keys.toSorted((a, b) => a - b));
    expect(await usersAfter(keys[1] ?? 0)).to.deep.equal(["c", "d"]);
    expect(await usersAfter(0, 3)).to.deep.equal(["b", "c", "d"]);
    expect(await usersAfter(keys[3] ?? 0)).to.deep.equal([]);
  });

  it("is no part of the conversation: neither its seqs nor its history know of it", async () => {
    await note(typing("a"));
    expect(await world.ports.messages.lastSeq(ROOM)).to.equal(0);
    expect((await world.ports.messages.page(ROOM, { limit: 10 })).entries).to.deep.equal([]);
  });

  it("in a hurry gives up on a store that does not answer in time", async () => {
    const silent = await runScripted(() => undefined);
    const credentials = { accessKeyId: "AKIDTEST", secretAccessKey: "test" };
    const client = new DynamoDBClient({ endpoint: silent.origin.href, region: "us-east-1", credentials });
    const hasty = dynamodbSignals({ client, tableName: "any", clock: world.ports.clock, hurryMs: 1 });
    const failure = await hasty.after(ROOM, 0, 10, "in a hurry").catch(({ name }: Error) => name);
    expect(failure).to.match(/Abort|Timeout/);
    client.destroy();
    await silent.close();
  });
});
