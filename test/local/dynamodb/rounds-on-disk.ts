// Transactions that give all items of a group, and their rows in an index, the next number; several groups at once. Run as a program it
// goes on until it is killed, and says when it has come to some number.
import { createTables } from "#local/dynamodb/create-tables.ts";
import { type EmbeddedStore, type Json, openStore } from "#local/dynamodb/store.ts";
import { Transactions } from "#local/dynamodb/transactions.ts";

const TableName = "rounds";
const IndexName = "by-round";
const groups = 8;
export const itemsOfGroup = 25;

export async function openRounds(path: string): Promise<EmbeddedStore> {
  const store = openStore({ path, region: "eu-central-1", accountId: "123456789012" });
  const table = {
    address: "aws_dynamodb_table.rounds",
    name: TableName,
    arn: "arn:aws:dynamodb:eu-central-1:123456789012:table/rounds",
    key: { hash: "group", range: "id" },
    attributes: { group: "N", id: "N", round: "N" },
    globalIndexes: [{ name: IndexName, key: { hash: "group", range: "round" }, projection: "KEYS_ONLY" }],
    billingMode: "PAY_PER_REQUEST",
  } as const;
  await createTables(store, [table], { creates: true, remedy: "" });
  return store;
}

/** Of each group the numbers that its items have, and those that their rows have. */
export async function storedRounds(store: EmbeddedStore): Promise<{ items: number[]; rows: number[] }[]> {
  const roundsOf = async (group: number, where: Json): Promise<number[]> => {
    const { Items } = await store.call("Query", {
      TableName,
      ...where,
      KeyConditionExpression: "#g = :g",
      ExpressionAttributeNames: { "#g": "group" },
      ExpressionAttributeValues: { ":g": { N: `${group}` } },
    });
    return (Items as readonly { readonly round: { readonly N: string } }[]).map(({ round }) => Number(round.N));
  };
  const numbers = Array.from({ length: groups }, (_, group) => group);
  return await Promise.all(
    numbers.map(async (group) => ({ items: await roundsOf(group, {}), rows: await roundsOf(group, { IndexName }) })),
  );
}

async function writeRounds(path: string): Promise<void> {
  const store = await openRounds(path);
  const transactions = new Transactions(store.dynalite);
  const before = await storedRounds(store);
  const writeGroup = async (last: number, group: number): Promise<never> => {
    for (let round = last + 1; ; round++) {
      const items = Array.from({ length: itemsOfGroup }, (_, id) => ({
        group: { N: `${group}` },
        id: { N: `${id}` },
        round: { N: `${round}` },
      }));
      const TransactItems = items.map((Item) => ({ Put: { TableName, Item } }));
      await transactions.answer("TransactWriteItems", { TransactItems });
      if (round === last + 10) process.stdout.write("writing\n");
    }
  };
  await Promise.all(before.map(({ items: [last = 0] }, group) => writeGroup(last, group)));
}

const [, program, path] = process.argv;
if (program?.endsWith("rounds-on-disk.ts") && path !== undefined) await writeRounds(path);
