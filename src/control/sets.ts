const NONE: ReadonlySet<string> = new Set();

/** Keys, each with a set of others; a key without any is left out. */
export class Sets {
  private readonly sets = new Map<string, Set<string>>();

  add(key: string, value: string): void {
    const set = this.sets.get(key);
    if (set === undefined) this.sets.set(key, new Set([value]));
    else set.add(value);
  }

  delete(key: string, value: string): void {
    const set = this.sets.get(key);
    set?.delete(value);
    if (set?.size === 0) this.sets.delete(key);
  }

  of(key: string): ReadonlySet<string> {
    return this.sets.get(key) ?? NONE;
  }

  has(key: string): boolean {
    return this.sets.has(key);
  }

  keys(): IterableIterator<string> {
    return this.sets.keys();
  }
}
