// The store that the options ask for, with what belongs to it.
import { Chaos } from "#local/chaos/chaos.ts";
import type { Table } from "#local/stack.ts";
import type { Answering } from "./answer-request.ts";
import type { TablePlace } from "./create-tables.ts";
import { occupyDataDirectory } from "./data-directory.ts";
import { type OwnKeys, openRemoteStore } from "./remote-store.ts";
import { StaleIndexes } from "./stale-indexes.ts";
import { openStore, type Store } from "./store.ts";
import { TableActions } from "./table-actions.ts";
import { SettingsOfTables } from "./table-settings.ts";
import { sweepExpired } from "./time-to-live.ts";
import { Transactions } from "./transactions.ts";

export interface TableOptions {
  readonly tables: readonly Table[];
  readonly dataDir?: string;
  readonly dynamodbEndpoint?: string;
  readonly ownKeys?: OwnKeys;
  readonly chaos?: Chaos;
}

export interface OpenedTables extends TablePlace {
  readonly store: Store;
  readonly embedded?: NonNullable<Answering["embedded"]>;
  sweep(nowSeconds: number): Promise<number>;
  close(): Promise<void>;
}

export interface Owner {
  readonly region: string;
  readonly accountId: string;
}

export function openTables(options: TableOptions, owner: Owner): OpenedTables {
  const { dynamodbEndpoint: endpoint, ownKeys = keysOfEnvironment(), chaos } = options;
  if (endpoint === undefined) return openEmbedded(options, owner);
  if (chaos?.find("stale-index")) {
    throw new Error(
      `The fault stale-index is the embedded DynamoDB's, and the tables are in ${endpoint}: leave out one.`,
    );
  }
  return openRemote(endpoint, ownKeys, owner);
}

function openRemote(endpoint: string, keys: OwnKeys, { region }: Owner): OpenedTables {
  const store = openRemoteStore({ endpoint, region, keys });
  const creates = !/\.amazonaws\.com(\.cn)?$/.test(new URL(endpoint).hostname);
  const remedy = creates
    ? `They are in ${endpoint}: delete them there, or undo the change.`
    : `They are in ${endpoint}: apply the Terraform there first.`;
  return { store, creates, remedy, sweep: async () => 0, close: store.close };
}

function openEmbedded({ tables, dataDir, chaos = new Chaos() }: TableOptions, owner: Owner): OpenedTables {
  const directory = dataDir === undefined ? undefined : occupyDataDirectory(dataDir);
  const store = openStore({ ...(directory ? { path: directory.path } : {}), ...owner });
  const staleIndexes = new StaleIndexes({ store, tables, chaos, openCopy: () => openStore(owner) });
  const settings = new SettingsOfTables(tables);
  return {
    store,
    creates: true,
    remedy: `The data is in ${directory?.path}: delete that directory to start empty, or undo the change.`,
    embedded: {
      actions: new TableActions(store, settings),
      staleIndexes,
      transactions: new Transactions(store.dynalite),
    },
    sweep: (nowSeconds) => sweepExpired(staleIndexes.followed(), settings, nowSeconds),
    async close() {
      await staleIndexes.close();
      await store.close();
      directory?.release();
    },
  };
}

/** DynamoDB Local takes any key, and keeps apart the tables of each. */
function keysOfEnvironment(): OwnKeys {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (AWS_ACCESS_KEY_ID === undefined || AWS_SECRET_ACCESS_KEY === undefined)
    return { accessKeyId: "local", secretAccessKey: "local" };
  return { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY, sessionToken: AWS_SESSION_TOKEN };
}
