// The actions about tables that dynalite lacks, or for which it reads all items of all tables: listing tables and tags took it
// 160 ms with 100,000 items.
import { jsonReply } from "./json-reply.ts";
import { type Json, type Reply, type Store, StoreError, type WireRequest } from "./store.ts";
import type { SettingsOfTables, TableSettings } from "./table-settings.ts";

type Answer = (input: Json, request: WireRequest) => Promise<Reply>;

export class TableActions {
  readonly #store: Store;
  readonly #settings: SettingsOfTables;
  /** Asked of dynalite once. */
  #names: Promise<Set<string>> | undefined;
  readonly #answers: Readonly<Record<string, Answer>> = {
    CreateTable: (input, request) => this.#create(input, request),
    DeleteTable: (input, request) => this.#delete(input, request),
    UpdateTable: (input, request) => this.#update(input, request),
    DescribeTable: async (input, request) => this.#described(input, await this.#store.send(request), "Table"),
    ListTables: (input) => this.#list(input),
    DescribeTimeToLive: (input) => this.#of(input, ({ ttlAttribute }) => timeToLive(ttlAttribute)),
    UpdateTimeToLive: (input) => this.#of(input, (settings) => updateTimeToLive(settings, input)),
    DescribeContinuousBackups: (input) => this.#of(input, continuousBackups),
    UpdateContinuousBackups: (input) => this.#of(input, (settings) => updateContinuousBackups(settings, input)),
    ListTagsOfResource: (input) => this.#of(byArn(input), ({ tags }) => ({ Tags: tagList(tags) })),
    TagResource: (input) =>
      this.#of(byArn(input), (settings) => {
        settings.tags = { ...settings.tags, ...tagsOf(input.Tags) };
      }),
    UntagResource: (input) =>
      this.#of(byArn(input), (settings) => {
        const gone = Array.isArray(input.TagKeys) ? input.TagKeys : [];
        settings.tags = Object.fromEntries(Object.entries(settings.tags).filter(([key]) => !gone.includes(key)));
      }),
  };

  constructor(store: Store, settings: SettingsOfTables) {
    this.#store = store;
    this.#settings = settings;
  }

  /** undefined: the action is none of these. */
  answer(action: string, input: Json, request: WireRequest): Promise<Reply> | undefined {
    return Object.hasOwn(this.#answers, action) ? this.#answers[action]?.(input, request) : undefined;
  }

  async #create(input: Json, request: WireRequest): Promise<Reply> {
    const { Tags, DeletionProtectionEnabled, ...known } = input;
    const reply = await this.#store.send({ ...request, body: Buffer.from(JSON.stringify(known)) });
    if (reply.status !== 200) return reply;
    const name = String(input.TableName);
    const settings = this.#settings.of(name);
    settings.tags = tagsOf(Tags);
    settings.deletionProtection = DeletionProtectionEnabled === true;
    (await this.#names)?.add(name);
    return this.#described(input, reply, "TableDescription");
  }

  async #delete(input: Json, request: WireRequest): Promise<Reply> {
    const name = String(input.TableName);
    if (this.#settings.of(name).deletionProtection) {
      const message =
        "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.";
      return validationError(message);
    }
    const reply = await this.#store.send(request);
    if (reply.status !== 200) return reply;
    this.#settings.forget(name);
    (await this.#names)?.delete(name);
    return reply;
  }

  async #update(input: Json, request: WireRequest): Promise<Reply> {
    const { DeletionProtectionEnabled, ...known } = input;
    const others = Object.keys(known).some((key) => key !== "TableName");
    const reply = others
      ? await this.#store.send({ ...request, body: Buffer.from(JSON.stringify(known)) })
      : await this.#describe(input);
    if (reply.status !== 200) return reply;
    if (typeof DeletionProtectionEnabled === "boolean")
      this.#settings.of(String(input.TableName)).deletionProtection = DeletionProtectionEnabled;
    return this.#described(input, reply, "TableDescription");
  }

  async #describe({ TableName }: Json): Promise<Reply> {
    try {
      const { Table } = await this.#store.call("DescribeTable", { TableName });
      return jsonReply(200, { TableDescription: Table });
    } catch (error) {
      return refused(error);
    }
  }

  #described({ TableName }: Json, reply: Reply, member: "Table" | "TableDescription"): Reply {
    if (reply.status !== 200) return reply;
    const { deletionProtection } = this.#settings.of(String(TableName));
    const { [member]: described, ...rest } = JSON.parse(reply.body);
    return jsonReply(200, { ...rest, [member]: { ...described, DeletionProtectionEnabled: deletionProtection } });
  }

  async #list({ Limit, ExclusiveStartTableName: after = "" }: Json): Promise<Reply> {
    if (Limit !== undefined && !(Number(Limit) >= 1 && Number(Limit) <= 100))
      return validationError(`Value '${Limit}' at 'limit' failed to satisfy constraint: it is 1 to 100`);
    this.#names ??= this.#store
      .call("ListTables", {})
      .then(({ TableNames }) => new Set(Array.isArray(TableNames) ? TableNames.map(String) : []));
    const names = [...(await this.#names)].sort().filter((name) => name > String(after));
    const page = names.slice(0, Number(Limit ?? 100));
    return jsonReply(200, {
      TableNames: page,
      ...(page.length < names.length ? { LastEvaluatedTableName: page.at(-1) } : {}),
    });
  }

  /** For a table that must be there. */
  async #of({ TableName }: Json, answer: (settings: TableSettings) => Json | undefined): Promise<Reply> {
    const name = String(TableName);
    try {
      await this.#store.call("DescribeTable", { TableName: name });
      return jsonReply(200, answer(this.#settings.of(name)) ?? {});
    } catch (error) {
      return refused(error);
    }
  }
}

/** All behind `table/` is the name: an ARN with more behind it is no table's. */
function byArn({ ResourceArn }: Json): Json {
  return { TableName: String(ResourceArn).replace(/^.*?:table\//, "") };
}

function timeToLive(attribute: string | undefined): Json {
  const description =
    attribute === undefined
      ? { TimeToLiveStatus: "DISABLED" }
      : { TimeToLiveStatus: "ENABLED", AttributeName: attribute };
  return { TimeToLiveDescription: description };
}

/** On AWS it takes up to an hour (aws facts §11.2); here it is done at once. */
function updateTimeToLive(settings: TableSettings, { TimeToLiveSpecification }: Json): Json {
  const { Enabled, AttributeName } = Object(TimeToLiveSpecification);
  const before = settings.ttlAttribute;
  if (Enabled === (before !== undefined)) {
    throw new StoreError(
      "",
      "ValidationException",
      `TimeToLive is already ${before === undefined ? "disabled" : "enabled"}`,
    );
  }
  if (before !== undefined && before !== AttributeName) {
    const message = `TimeToLive is active on a different AttributeName: current AttributeName is ${before}`;
    throw new StoreError("", "ValidationException", message);
  }
  settings.ttlAttribute = Enabled === true ? String(AttributeName) : undefined;
  return { TimeToLiveSpecification };
}

function continuousBackups({ pointInTimeRecovery }: TableSettings): Json {
  const status = pointInTimeRecovery ? "ENABLED" : "DISABLED";
  return {
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: "ENABLED",
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: status },
    },
  };
}

function updateContinuousBackups(settings: TableSettings, { PointInTimeRecoverySpecification }: Json): Json {
  settings.pointInTimeRecovery = Object(PointInTimeRecoverySpecification).PointInTimeRecoveryEnabled === true;
  return continuousBackups(settings);
}

function tagsOf(list: unknown): Record<string, string> {
  const tags = Array.isArray(list) ? list : [];
  return Object.fromEntries(tags.map(({ Key, Value }) => [String(Key), String(Value)]));
}

function tagList(tags: Readonly<Record<string, string>>): Json[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

function validationError(message: string): Reply {
  return jsonReply(400, { __type: "com.amazon.coral.validate#ValidationException", message });
}

function refused(error: unknown): Reply {
  if (!(error instanceof StoreError)) throw error;
  if (error.name === "ValidationException") return validationError(error.reason);
  return jsonReply(400, { __type: `com.amazonaws.dynamodb.v20120810#${error.name}`, message: error.reason });
}
