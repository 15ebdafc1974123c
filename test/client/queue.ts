// Keeps what happens until the test asks for it, so that nothing is missed and nothing is slept for.

export class Queue<Item> {
  readonly #items: Item[] = [];
  readonly #takers: ((item: Item) => void)[] = [];

  push(item: Item): void {
    const taker = this.#takers.shift();
    if (taker === undefined) this.#items.push(item);
    else taker(item);
  }

  next(): Promise<Item> {
    const item = this.#items.shift();
    return item === undefined ? new Promise((resolve) => this.#takers.push(resolve)) : Promise.resolve(item);
  }

  async take(count: number): Promise<Item[]> {
    const items: Item[] = [];
    while (items.length < count) items.push(await this.next());
    return items;
  }

  async find(wanted: (item: Item) => boolean): Promise<Item> {
    for (;;) {
      const item = await this.next();
      if (wanted(item)) return item;
    }
  }

  get unread(): readonly Item[] {
    return this.#items;
  }
}
