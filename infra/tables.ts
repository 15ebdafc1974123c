import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table/index.js";
import { Construct } from "constructs";
import { exempt } from "./checks/exempt.ts";
import type { CustomerKey } from "./customer-key.ts";
import type { LambdaFunction } from "./lambda-function.ts";
import type { StageConfig } from "./stage-file/schema.ts";
import { type Key, TABLES, type TableDefinition, type TableName } from "./table-definitions.ts";

type TablesConfig = Pick<StageConfig, "stage" | "tables">;

/** Connections, memberships and messages: on demand, encrypted, and rid of expired rows by DynamoDB itself. */
export class Tables extends Construct {
  readonly #tables: Readonly<Record<TableName, DynamodbTable>>;

  constructor(scope: Construct, id: string, config: TablesConfig, key: CustomerKey | undefined) {
    super(scope, id);
    this.#tables = {
      connections: this.#create("connections", config, key),
      memberships: this.#create("memberships", config, key),
      messages: this.#create("messages", config, key),
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

  #create(name: TableName, { stage, tables }: TablesConfig, key: CustomerKey | undefined): DynamodbTable {
    const definition: TableDefinition = TABLES[name];
    const indexes = Object.entries(definition.indexes).map(([indexName, index]) => ({
      name: indexName,
      hashKey: index.hash.name,
      ...rangeOf(index),
      projectionType: index.projection,
    }));
    const table = new DynamodbTable(this, name, {
      name: `websocket-api-${stage}-${name}`,
      billingMode: "PAY_PER_REQUEST",
      hashKey: definition.hash.name,
      ...rangeOf(definition),
      attribute: keyAttributes(definition),
      ...(indexes.length === 0 ? {} : { globalSecondaryIndex: indexes }),
      ttl: { attributeName: "ttl", enabled: true },
      serverSideEncryption: { enabled: true, ...(key === undefined ? {} : { kmsKeyArn: key.arn }) },
      pointInTimeRecovery: { enabled: tables.pointInTimeRecovery },
      deletionProtectionEnabled: tables.deletionProtection,
    });
    exempt(table, exemptions(tables, key));
    return table;
  }

  #arnOf(resource: string): string {
    const [table = "", index] = resource.split("/");
    const arn = this.#tables[table as TableName].arn;
    return index === undefined ? arn : `${arn}/index/${index}`;
  }
}

function exemptions(tables: StageConfig["tables"], key: CustomerKey | undefined): Record<string, string> {
  const unprotected = "Switched off in the stage file: what a stage like this keeps can be lost.";
  return {
    ...(tables.pointInTimeRecovery ? {} : { "table-backed-up": unprotected }),
    ...(tables.deletionProtection ? {} : { "table-protected": unprotected }),
    ...(key === undefined
      ? { "table-key": "The stage has no customerKey; DynamoDB encrypts with the key AWS keeps." }
      : {}),
  };
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
