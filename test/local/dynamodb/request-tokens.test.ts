import { expect } from "chai";
import { RequestTokens } from "#local/dynamodb/request-tokens.ts";
import { refusal } from "./embedded-dynamodb.ts";

const minutes = 60_000;

describe("a token of a request", () => {
  let now: number;
  let tokens: RequestTokens;
  let done: string[];

  beforeEach(() => {
    now = 0;
    done = [];
    tokens = new RequestTokens(() => now);
  });

  const ask = (token: string, request: unknown = {}, first = async (): Promise<string> => "first"): Promise<string> =>
    tokens.once(token, request, {
      async first() {
        done.push(token);
        return await first();
      },
      again: async () => "again",
    });

  it("is good for ten minutes after its request succeeded", async () => {
    const slow = ask("a", {}, async () => {
      now = 5 * minutes;
      return "first";
    });
    expect(await slow).to.equal("first");
    now = 15 * minutes - 1;
    expect(await ask("a")).to.equal("again");
    now = 15 * minutes;
    expect(await ask("a")).to.equal("first");
    expect(done).to.deep.equal(["a", "a"]);
  });

  it("is forgotten afterwards, by itself", async () => {
    for (let n = 0; n < 1_000; n++) {
      now = n * minutes;
      await ask(`token-${n}`);
    }
    expect(tokens.size).to.equal(10);
  });

  it("belongs to its parameters, in whatever order they are written", async () => {
    await ask("a", { TransactItems: [{ Put: { TableName: "t", Item: { id: { S: "1" }, to: { S: "2" } } } }] });
    const reordered = { TransactItems: [{ Put: { Item: { to: { S: "2" }, id: { S: "1" } }, TableName: "t" } }] };
    expect(await ask("a", reordered)).to.equal("again");
    const changed = { TransactItems: [{ Put: { Item: { to: { S: "1" }, id: { S: "2" } }, TableName: "t" } }] };
    const error = await refusal(ask("a", changed));
    expect(error)
      .to.have.nested.property("body.__type")
      .that.matches(/#IdempotentParameterMismatchException$/);
  });

  it("is refused while its request is under way", async () => {
    let end = (): void => undefined;
    const slow = ask("a", {}, async () => {
      await new Promise<void>((resolve) => {
        end = resolve;
      });
      return "first";
    });
    const error = await refusal(ask("a"));
    expect(error)
      .to.have.nested.property("body.__type")
      .that.matches(/#TransactionInProgressException$/);
    end();
    expect(await slow).to.equal("first");
    expect(done).to.deep.equal(["a"]);
  });

  it("is free again when its request failed", async () => {
    const failed = ask("a", {}, async () => {
      throw new Error("cancelled");
    });
    expect((await refusal(failed)).message).to.equal("cancelled");
    expect(await ask("a", { other: "parameters" })).to.equal("first");
  });
});
