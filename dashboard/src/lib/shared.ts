/** A list that several tabs keep under one name: each writes its own, and lets the others' stand. */
import { recall, remember } from "./store";

export class Shared<T> {
  /** What this tab has ever held; what is not there any more has arrived. */
  readonly #known = new Set<string>();

  constructor(
    readonly name: string,
    readonly keyOf: (item: T) => string,
  ) {}

  recall(): T[] {
    return this.#met(recall<T[]>(this.name, []));
  }

  remember(mine: T[]): void {
    this.#met(mine);
    const others = recall<T[]>(this.name, []).filter((one) => !this.#known.has(this.keyOf(one)));
    remember(this.name, [...others, ...mine]);
  }

  #met(items: T[]): T[] {
    for (const one of items) this.#known.add(this.keyOf(one));
    return items;
  }
}
