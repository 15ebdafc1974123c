// What a table has besides its keys and items, and dynalite does not keep: TTL, tags, deletion protection, backups. At each start
// it is what the Terraform says, as after an apply.
import type { Table } from "#local/stack.ts";

export interface TableSettings {
  ttlAttribute: string | undefined;
  tags: Readonly<Record<string, string>>;
  deletionProtection: boolean;
  pointInTimeRecovery: boolean;
}

export class SettingsOfTables {
  readonly #settings = new Map<string, TableSettings>();

  constructor(tables: readonly Table[]) {
    for (const { name, ttlAttribute, tags = {}, deletionProtection = false, pointInTimeRecovery = false } of tables) {
      this.#settings.set(name, { ttlAttribute, tags, deletionProtection, pointInTimeRecovery });
    }
  }

  /** Of a table that a program created, the defaults. */
  of(tableName: string): TableSettings {
    const known = this.#settings.get(tableName);
    if (known) return known;
    const settings = { ttlAttribute: undefined, tags: {}, deletionProtection: false, pointInTimeRecovery: false };
    this.#settings.set(tableName, settings);
    return settings;
  }

  forget(tableName: string): void {
    this.#settings.delete(tableName);
  }

  /** Tables with a TTL, and its attribute. */
  get expiring(): readonly (readonly [tableName: string, attribute: string])[] {
    return [...this.#settings].flatMap(([name, { ttlAttribute }]) =>
      ttlAttribute === undefined ? [] : ([[name, ttlAttribute]] as const),
    );
  }
}
