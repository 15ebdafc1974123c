interface Open {
  readonly isList: boolean;
  readonly left: Iterator<[name: string, value: unknown]>;
  isBegun: boolean;
}

/**
 * A value's JSON, all of it up to `most` characters; of a longer one no more than it takes to know that it is longer. What came from outside
 * may be nested deeper than `JSON.stringify`, or any function that calls itself, can go. `1e999` is JSON and becomes Infinity, which is
 * written as that.
 */
export function jsonStart(value: unknown, most: number): string {
  const open: Open[] = [];
  let text = "";
  const begin = (part: unknown) => {
    if (typeof part === "string") {
      text += JSON.stringify(part.slice(0, most));
    } else if (typeof part !== "object" || part === null) {
      text += String(part);
    } else {
      const isList = Array.isArray(part);
      text += isList ? "[" : "{";
      open.push({ isList, left: Object.entries(part).values(), isBegun: false });
    }
  };
  begin(value);
  for (let inner = open.at(-1); inner && text.length <= most; inner = open.at(-1)) {
    const { value: entry, done } = inner.left.next();
    if (done) {
      text += inner.isList ? "]" : "}";
      open.pop();
      continue;
    }
    if (inner.isBegun) text += ",";
    inner.isBegun = true;
    const [name, part] = entry;
    if (!inner.isList) text += `${JSON.stringify(name.slice(0, most))}:`;
    begin(part);
  }
  return text;
}
