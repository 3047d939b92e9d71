/** Revisions that a rollout is about to name: nothing may remove them in between. */
export class Reserved {
  private readonly counts = new Map<string, number>();

  has(namespace: string, name: string): boolean {
    return this.counts.has(`${namespace}/${name}`);
  }

  async during<Result>(namespace: string, names: readonly string[], work: () => Promise<Result>): Promise<Result> {
    const keys = names.map((name) => `${namespace}/${name}`);
    for (const key of keys) this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    try {
      return await work();
    } finally {
      for (const key of keys) {
        const left = (this.counts.get(key) ?? 1) - 1;
        if (left === 0) this.counts.delete(key);
        else this.counts.set(key, left);
      }
    }
  }
}
