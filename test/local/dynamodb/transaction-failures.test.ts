import { expect } from "chai";
import { createTables } from "#local/dynamodb/create-tables.ts";
import { type EmbeddedStore, type Json, openStore } from "#local/dynamodb/store.ts";
import { Transactions } from "#local/dynamodb/transactions.ts";
import { member, memberships, refusal, tables } from "./embedded-dynamodb.ts";

const { name: TableName } = memberships;
const put = (connectionId: string) => ({ Put: { TableName, Item: member(connectionId) } });

describe("a transaction in which something breaks", () => {
  let store: EmbeddedStore;
  let transactions: Transactions;

  beforeEach(async () => {
    store = openStore({ region: "eu-central-1", accountId: "123456789012" });
    await createTables(store, tables, { creates: true, remedy: "" });
    transactions = new Transactions(store.dynalite);
  });

  afterEach(() => store.close());

  const write = (...TransactItems: Json[]) => transactions.answer("TransactWriteItems", { TransactItems });

  async function stored(): Promise<unknown> {
    const { Items } = await store.call("Scan", { TableName });
    const index = await store.call("Scan", { TableName, IndexName: "connectionId-index" });
    return [Items, index.Items];
  }

  it("while it is written leaves nothing of it, and its items free", async () => {
    const { batch } = store.dynalite.db;
    Object.assign(store.dynalite.db, {
      batch: (_: unknown, answer: (error: Error) => void) => answer(Error("disk full")),
    });
    expect((await refusal(write(put("a"), put("b")) as Promise<unknown>)).message).to.equal("disk full");
    expect(await stored()).to.deep.equal([[], []]);
    Object.assign(store.dynalite.db, { batch });
    expect((await write(put("a"), put("b")))?.status).to.equal(200);
    await store.call("DeleteItem", { TableName, Key: member("a") });
    expect(await stored()).to.deep.equal([[member("b")], [member("b")]]);
  });

  it("while it is worked out leaves nothing of it, and its items free", async () => {
    const { options } = store.dynalite;
    const update = {
      Update: {
        TableName,
        Key: member("b"),
        UpdateExpression: "SET a = :a",
        ExpressionAttributeValues: { ":a": { N: "1" } },
      },
    };
    Object.defineProperty(options, "maxItemSize", {
      configurable: true,
      get() {
        // The update's own check of its size comes after the put was worked out; the put's came before.
        if (new Error().stack?.includes("updateItem")) throw new Error("a bug");
        return 409_600;
      },
    });
    expect((await refusal(write(put("a"), update) as Promise<unknown>)).message).to.equal("a bug");
    expect(await stored()).to.deep.equal([[], []]);
    Object.defineProperty(options, "maxItemSize", { value: 409_600 });
    expect((await write(put("a"), update))?.status).to.equal(200);
  });

  it("is written as one batch: items and index rows", async () => {
    const { db } = store.dynalite;
    const { batch } = db;
    const batches: unknown[] = [];
    Object.assign(db, {
      batch(writes: { key: string; type: string }[], answer: () => void) {
        batches.push(writes.map(({ type, key }) => `${type} ${key.split("~")[0]}`));
        batch.call(db, writes as never, answer);
      },
    });
    await write(put("a"), { Delete: { TableName, Key: member("c") } });
    await write({ Delete: { TableName, Key: member("a") } });
    await write({ ConditionCheck: { TableName, Key: member("a"), ConditionExpression: "attribute_not_exists(ttl)" } });
    const [items, index] = ["item-chat-dev-memberships", "index-global"];
    expect(batches).to.deep.equal([
      [`put ${index}`, `put ${items}`, `del ${items}`],
      [`del ${index}`, `del ${items}`],
    ]);
  });
});
