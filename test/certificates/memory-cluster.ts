import type { AuthorityStore, StoredAuthority, WriteOutcome } from '../../src/certificates/authority-store.ts';
import type { RegisteredConfiguration, Registration } from '../../src/certificates/registration.ts';

/**
 * A Secret and two webhook configurations in memory that several replicas share, with the API server's rule that a write
 * of something older is a conflict. The real ones are tested on a real API server in test/cluster/certificates.test.ts.
 */
export class MemoryCluster {
  secret: (StoredAuthority & { readonly version: string }) | undefined;
  readonly bundles = new Map<string, Map<string, string>>([
    ['mutating', new Map([['pods.mutate', '']])],
    [
      'validating',
      new Map([
        ['pods.validate', ''],
        ['configmaps.validate', ''],
      ]),
    ],
  ]);
  readonly creations: WriteOutcome[] = [];
  /** Set while the API server is away. */
  down: string | undefined;
  /** Set while writes of the registration are forbidden. */
  forbidden: string | undefined;
  private version = 1;
  private readonly watchers = new Set<() => void>();

  readonly store: AuthorityStore = {
    read: () => this.answer(() => this.secret),
    create: (authority) =>
      this.answer(() => {
        const outcome = this.secret === undefined ? 'written' : 'conflict';
        this.creations.push(outcome);
        if (outcome === 'written') this.put(authority);
        return outcome;
      }),
    replace: (authority, version) =>
      this.answer(() => {
        if (this.secret?.version !== version) return 'conflict';
        this.put(authority);
        return 'written';
      }),
  };

  readonly registration: Registration = {
    read: () =>
      this.answer(() =>
        [...this.bundles].map(([title, entries]) => ({
          title,
          registered: {
            version: JSON.stringify([...entries]),
            entries: [...entries].map(([name, caBundle]) => ({ name, caBundle })),
          },
        })),
      ),
    write: (configuration, entries) =>
      this.answer(() => {
        if (this.forbidden !== undefined) throw new Error(this.forbidden);
        return this.merge(configuration, new Map(entries.map(({ name, caBundle }) => [name, caBundle])));
      }),
  };

  readonly watch = (changed: () => void): (() => Promise<void>) => {
    this.watchers.add(changed);
    return () => {
      this.watchers.delete(changed);
      return Promise.resolve();
    };
  };

  put(authority: StoredAuthority): void {
    this.version += 1;
    this.secret = { ...authority, version: String(this.version) };
    this.tell();
  }

  deleteSecret(): void {
    this.secret = undefined;
    this.tell();
  }

  setBundles(caBundle: string): void {
    for (const entries of this.bundles.values()) for (const name of entries.keys()) entries.set(name, caBundle);
    this.tell();
  }

  allBundles(): readonly string[] {
    return [...this.bundles.values()].flatMap((entries) => [...entries.values()]);
  }

  private merge({ title, registered }: RegisteredConfiguration, written: ReadonlyMap<string, string>): WriteOutcome {
    const entries = this.bundles.get(title);
    if (entries === undefined || JSON.stringify([...entries]) !== registered?.version) return 'conflict';
    for (const [name, caBundle] of written) entries.set(name, caBundle);
    this.tell();
    return 'written';
  }

  private tell(): void {
    for (const changed of this.watchers) changed();
  }

  /** A little later, as over a network, so that replicas get in each other's way. */
  private async answer<Value>(work: () => Value): Promise<Value> {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
    if (this.down !== undefined) throw new Error(this.down);
    return work();
  }
}
