// No key of an index is empty (aws facts §11.2): dynalite checks that of the table's key only. What is added to its checks here holds for
// every action that writes, transactions included, because all of them use these.
// To be deleted when dynalite checks them itself.
import {
  type ActionInput,
  type Database,
  type DynaliteRefusal,
  type DynaliteTable,
  database,
  type Item,
} from "./dynalite-parts.ts";

interface IndexKey {
  readonly attribute: string;
  readonly index: string;
  readonly kind: "string" | "binary";
}

const prefix = "One or more parameter values are not valid.";
let added = false;

/** For the whole process; dynalite asks for its checks at each use. */
export function useIndexKeyChecks(): void {
  if (added) return;
  added = true;
  const { validateItem, validateUpdates, updateIndexes } = database();
  const checks: Pick<Database, "validateItem" | "validateUpdates" | "updateIndexes"> = {
    validateItem: (item, table) => validateItem(item, table) ?? emptyInItem(item, table),
    validateUpdates: (AttributeUpdates, _updates, table) =>
      validateUpdates(AttributeUpdates, _updates, table) ?? emptyInUpdate({ AttributeUpdates, _updates }, table),
    updateIndexes(store, table, before, after, answer) {
      // What an expression makes of other attributes is known only now. What was empty before stays as it is.
      const was = new Set(emptyKeys(table, before ?? {}).map(({ attribute }) => attribute));
      const found = emptyKeys(table, after ?? {}).find(({ attribute }) => !was.has(attribute));
      if (found) answer(refusedUpdate(found));
      else updateIndexes(store, table, before, after, answer);
    },
  };
  Object.assign(database(), checks);
}

/** Of an update, as far as its text says what it writes. */
export function emptyInUpdate(
  { AttributeUpdates, _updates }: Pick<ActionInput, "AttributeUpdates" | "_updates">,
  table: DynaliteTable,
): DynaliteRefusal | undefined {
  if (!_updates) {
    const values = Object.entries(AttributeUpdates ?? {}).map(([name, { Value }]) => [name, Value]);
    return emptyInItem(Object.fromEntries(values), table);
  }
  const written = _updates.sections.filter(({ type, path }) => type === "set" && path.length === 1);
  const [found] = emptyKeys(table, Object.fromEntries(written.map(({ path, val }) => [path[0], val])));
  return found && refusedUpdate(found);
}

function emptyInItem(item: Item, table: DynaliteTable): DynaliteRefusal | undefined {
  const [found] = emptyKeys(table, item);
  if (!found) return undefined;
  const where = `IndexName: ${found.index}, IndexKey: ${found.attribute}`;
  return database().validationError(
    `${prefix} A value specified for a secondary index key is not supported. ${emptyValue(found)} ${where}`,
  );
}

function refusedUpdate(found: IndexKey): DynaliteRefusal {
  const what = "The update expression attempted to update a secondary index key to a value that is not supported.";
  return database().validationError(`${prefix} ${what} ${emptyValue(found)}`);
}

const emptyValue = ({ kind }: IndexKey): string =>
  `The AttributeValue for a key attribute cannot contain an empty ${kind} value.`;

/** In the order of the indexes' names, as DynamoDB reports them. */
function emptyKeys(table: DynaliteTable, attributes: Item): IndexKey[] {
  const found: IndexKey[] = [];
  database().traverseIndexes(table, (attribute, type, { IndexName: index }) => {
    if ((type === "S" || type === "B") && Object(attributes[attribute])[type] === "")
      found.push({ attribute, index, kind: type === "S" ? "string" : "binary" });
  });
  return found.sort((a, b) => (a.index < b.index ? -1 : a.index > b.index ? 1 : 0));
}
