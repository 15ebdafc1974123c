import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table/index.js";
import { Construct } from "constructs";
import type { LambdaFunction } from "./lambda-function.ts";
import type { StageConfig } from "./stage-file/schema.ts";
import { type Key, TABLES, type TableDefinition, type TableName } from "./table-definitions.ts";

/** Connections, memberships and messages: on demand, encrypted, and rid of expired rows by DynamoDB itself. */
export class Tables extends Construct {
  readonly #tables: Readonly<Record<TableName, DynamodbTable>>;

  constructor(scope: Construct, id: string, config: Pick<StageConfig, "stage" | "tables">) {
    super(scope, id);
    this.#tables = {
      connections: this.#create("connections", config),
      memberships: this.#create("memberships", config),
      messages: this.#create("messages", config),
    };
  }

  nameOf(table: TableName): string {
    return this.#tables[table].name;
  }

  /** `actions` by `table` or `table/index`, as permissions.json has them. */
  grant(grantee: LambdaFunction, actions: Readonly<Record<string, readonly string[]>>): void {
    for (const [resource, names] of Object.entries(actions)) {
      grantee.allow({
        Sid: sid(resource),
        Action: names.map((name) => `dynamodb:${name}`),
        Resource: [this.#arnOf(resource)],
      });
    }
  }

  #create(name: TableName, { stage, tables }: Pick<StageConfig, "stage" | "tables">): DynamodbTable {
    const definition: TableDefinition = TABLES[name];
    const indexes = Object.entries(definition.indexes).map(([indexName, index]) => ({
      name: indexName,
      hashKey: index.hash.name,
      ...rangeOf(index),
      projectionType: index.projection,
    }));
    return new DynamodbTable(this, name, {
      name: `websocket-api-${stage}-${name}`,
      billingMode: "PAY_PER_REQUEST",
      hashKey: definition.hash.name,
      ...rangeOf(definition),
      attribute: keyAttributes(definition),
      ...(indexes.length === 0 ? {} : { globalSecondaryIndex: indexes }),
      ttl: { attributeName: "ttl", enabled: true },
      serverSideEncryption: { enabled: true },
      pointInTimeRecovery: { enabled: tables.pointInTimeRecovery },
      deletionProtectionEnabled: tables.deletionProtection,
    });
  }

  #arnOf(resource: string): string {
    const [table = "", index] = resource.split("/");
    const arn = this.#tables[table as TableName].arn;
    return index === undefined ? arn : `${arn}/index/${index}`;
  }
}

function rangeOf({ range }: { readonly range?: Key }): { rangeKey?: string } {
  return range === undefined ? {} : { rangeKey: range.name };
}

/** Terraform wants each attribute that is part of a key, once. */
function keyAttributes(definition: TableDefinition): Key[] {
  const keys = [definition, ...Object.values(definition.indexes)].flatMap(({ hash, range }) => [hash, range]);
  const byName = new Map(keys.flatMap((key) => (key === undefined ? [] : [[key.name, key]])));
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** `memberships/connectionId-index` → `MembershipsConnectionIdIndex`: statement ids are letters and digits. */
function sid(resource: string): string {
  return resource.replace(/(?:^|[^A-Za-z0-9])([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
