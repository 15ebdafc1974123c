// Two groups that never work at the same time; within a group all may. First come, first served, so neither keeps the other out.

type Group = "transactions" | "others";

export class Turns {
  #working = 0;
  #turn: Group = "others";
  readonly #waiting: { readonly group: Group; readonly enter: () => void }[] = [];

  async take<T>(group: Group, work: () => Promise<T>): Promise<T> {
    await this.#enter(group);
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  #enter(group: Group): Promise<void> | undefined {
    const free = this.#working === 0 || this.#turn === group;
    if (!free || this.#waiting.length > 0)
      return new Promise((enter) => {
        this.#waiting.push({ group, enter });
      });
    this.#turn = group;
    this.#working += 1;
    return undefined;
  }

  #leave(): void {
    this.#working -= 1;
    const next = this.#waiting[0]?.group;
    if (this.#working > 0 || next === undefined) return;
    this.#turn = next;
    const change = this.#waiting.findIndex(({ group }) => group !== next);
    const entering = this.#waiting.splice(0, change < 0 ? this.#waiting.length : change);
    this.#working = entering.length;
    for (const { enter } of entering) enter();
  }
}
