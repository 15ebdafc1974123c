import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  BatchGetItemCommand,
  DeleteTableCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactGetItemsCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import { counters, EmbeddedDynamoDb, memberships, refusal } from "./embedded-dynamodb.ts";

const { name: TableName } = counters;
const id = (n: number) => ({ id: { N: `${n}` } });
const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
const isNew = "attribute_not_exists(id)";

const move = (from: number, to: number, amount: number): TransactWriteItem[] => [
  change(from, -amount, "#b >= :amount", { ":amount": { N: `${amount}` } }),
  change(to, amount),
];

const change = (n: number, by: number, condition?: string, values = {}): TransactWriteItem => ({
  Update: {
    TableName,
    Key: id(n),
    UpdateExpression: "ADD #b :by",
    ...(condition === undefined ? {} : { ConditionExpression: condition }),
    ExpressionAttributeNames: { "#b": "balance" },
    ExpressionAttributeValues: { ":by": { N: `${by}` }, ...values },
  },
});

/** Goes on reading until the writing is done; how often that was. */
async function during(writing: Promise<unknown>, read: () => Promise<void>): Promise<number> {
  let [reads, done] = [0, false];
  const end = writing.finally(() => {
    done = true;
  });
  while (!done) {
    await read();
    reads++;
  }
  await end;
  return reads;
}

describe("transactions among other requests", () => {
  const dynamodb = new EmbeddedDynamoDb();
  let client: DynamoDBClient;

  let dataDir: string;

  // On disk reads and writes take turns in LevelDB's threads: what could come between comes between.
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "dynamodb-"));
    client = dynamodb.clientOf(await dynamodb.start({ dataDir }));
  });

  afterEach(async () => {
    await dynamodb.close();
    await rm(dataDir, { recursive: true });
  });

  const write = (TransactItems: TransactWriteItem[]): Promise<unknown> =>
    client.send(new TransactWriteItemsCommand({ TransactItems }));

  async function open(accounts: number, balance: number): Promise<void> {
    await write(
      numbers(accounts).map((n) => ({ Put: { TableName, Item: { ...id(n), balance: { N: `${balance}` } } } })),
    );
  }

  async function balances(): Promise<number[]> {
    const { Responses = [] } = await client.send(
      new TransactGetItemsCommand({ TransactItems: numbers(4).map((n) => ({ Get: { TableName, Key: id(n) } })) }),
    );
    return Responses.map(({ Item }) => Number(Item?.balance?.N));
  }

  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

  /** How many went through; every fifth asks for more than there is, and is cancelled. */
  async function transfers(count: number): Promise<number> {
    const outcomes = await Promise.all(
      numbers(count).map((n) =>
        write(move(n % 4, (n + 1 + (n % 3)) % 4, n % 5 === 0 ? 1_000_000 : 1 + (n % 9))).then(
          () => 1,
          (error: unknown) => {
            expect(error).to.be.instanceOf(TransactionCanceledException);
            return 0;
          },
        ),
      ),
    );
    return sum(outcomes);
  }

  it("between accounts keep the sum, overdraw none, and fail by their conditions alone", async () => {
    await open(4, 1_000);
    expect(await transfers(400)).to.equal(320);
    const left = await balances();
    expect(sum(left)).to.equal(4_000);
    await open(4, 5);
    expect(await transfers(400)).to.be.below(320);
    const poor = await balances();
    expect(sum(poor)).to.equal(20);
    for (const balance of poor) expect(balance).to.be.at.least(0);
  });

  it("are seen as a whole by TransactGetItems, a batch and a scan", async () => {
    await open(4, 1_000);
    const Keys = numbers(4).map(id);
    const batch = new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys } } });
    const total = (items: readonly Record<string, { N?: string }>[] = []): number =>
      sum(items.map(({ balance }) => Number(balance?.N)));
    const rounds = async (): Promise<void> => {
      for (let round = 0; round < 30; round++) await transfers(10);
    };
    const reads = await during(rounds(), async () => {
      expect(sum(await balances())).to.equal(4_000);
      expect(total((await client.send(batch)).Responses?.[TableName] as never)).to.equal(4_000);
      expect(total((await client.send(new ScanCommand({ TableName }))).Items as never)).to.equal(4_000);
    });
    expect(reads).to.be.greaterThan(5);
  });

  it("put a hundred rows into an index at once", async () => {
    const { name } = memberships;
    const rows = numbers(100).map((n) => ({
      conversation: { S: `room:${n}` },
      connectionId: { S: "same" },
    }));
    const query = new QueryCommand({
      TableName: name,
      IndexName: "connectionId-index",
      KeyConditionExpression: "connectionId = :c",
      ExpressionAttributeValues: { ":c": { S: "same" } },
    });
    const seen = new Set<number>();
    const toggling = (async () => {
      for (let round = 0; round < 5; round++) {
        await write(rows.map((Item) => ({ Put: { TableName: name, Item } })));
        await write(rows.map((Key) => ({ Delete: { TableName: name, Key } })));
      }
    })();
    await during(toggling, async () => {
      seen.add((await client.send(query)).Count ?? -1);
    });
    for (const count of seen) expect(count).to.be.oneOf([0, 100]);
  });

  it("lose no count, whether it is made alone or in a transaction", async () => {
    await open(2, 0);
    const alone = (n: number): Promise<unknown> => {
      const { Update } = change(n, 1);
      return client.send(new UpdateItemCommand({ ...Update, TableName, Key: id(n), UpdateExpression: "ADD #b :by" }));
    };
    await Promise.all(numbers(300).map((n) => (n % 3 === 0 ? write([change(0, 1), change(1, 1)]) : alone(n % 2))));
    const read = async (n: number): Promise<number> =>
      Number((await client.send(new GetItemCommand({ TableName, Key: id(n) }))).Item?.balance?.N);
    const alones = numbers(300).filter((n) => n % 3 !== 0);
    expect(await read(0)).to.equal(100 + alones.filter((n) => n % 2 === 0).length);
    expect(await read(1)).to.equal(100 + alones.filter((n) => n % 2 === 1).length);
  });

  it("let one of many win what only one may have", async () => {
    const outcomes = await Promise.allSettled(
      numbers(40).map((n) =>
        n % 2 === 0
          ? write([
              { Put: { TableName, Item: { ...id(1), by: { N: `${n}` } }, ConditionExpression: isNew } },
              { Put: { TableName, Item: id(1_000 + n) } },
            ])
          : client.send(
              new PutItemCommand({ TableName, Item: { ...id(1), by: { N: `${n}` } }, ConditionExpression: isNew }),
            ),
      ),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).to.have.length(1);
  });

  it("in opposite orders, over two tables, wait for each other and end", async () => {
    const rooms: TransactWriteItem[] = numbers(3).map((n) => ({
      Put: { TableName: memberships.name, Item: { conversation: { S: `r${n}` }, connectionId: { S: "a" } } },
    }));
    const both = [...rooms, change(1, 1), change(2, 1)];
    await Promise.all(numbers(60).map((n) => write(n % 2 === 0 ? both : both.toReversed())));
    const { Item } = await client.send(new GetItemCommand({ TableName, Key: id(2) }));
    expect(Item?.balance?.N).to.equal("60");
  });

  it("and the deletion of their table are one before the other", async () => {
    const writes = numbers(20).map((n) => refusalOrDone(write([change(n, 1), change(n + 100, 1)])));
    const deleted = client.send(new DeleteTableCommand({ TableName }));
    const later = numbers(20).map((n) => refusalOrDone(write([change(n, 1), change(n + 100, 1)])));
    await deleted;
    for (const name of await Promise.all([...writes, ...later]))
      expect(name).to.be.oneOf(["done", "ResourceNotFoundException"]);
    expect((await refusal(write([change(1, 1)]))).name).to.equal("ResourceNotFoundException");
  });

  it("with one token at the same time are one", async () => {
    const command = new TransactWriteItemsCommand({ TransactItems: [change(1, 1)], ClientRequestToken: "token-1" });
    const names = await Promise.all(numbers(10).map(() => refusalOrDone(client.send(command))));
    expect(names.filter((name) => name === "done")).to.have.length.of.at.least(1);
    for (const name of names) expect(name).to.be.oneOf(["done", "TransactionInProgressException"]);
    const { Item } = await client.send(new GetItemCommand({ TableName, Key: id(1) }));
    expect(Item?.balance?.N).to.equal("1");
  });
});

const refusalOrDone = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => "done",
    (error: Error) => error.name,
  );
