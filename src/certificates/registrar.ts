import { mergeBundle } from './bundle.ts';
import type { RegisteredConfiguration, Registration } from './registration.ts';

export interface RegistrarOptions {
  readonly registration: Registration;
  /** By which a CA of ours is known. */
  readonly commonName: string;
  readonly clock: () => Date;
  /** Told of each attempt to write. */
  readonly attempted: (outcome: 'success' | 'conflict' | 'failure') => void;
}

const MOST_CONFLICTS = 5;

/**
 * Brings the CAs into every entry of the webhook configurations, and takes out what is not a valid CA of ours. A
 * configuration that does not exist is left so: whoever removed it had a reason.
 *
 * @param bundle PEM
 * @returns the configurations as they are then, and why one of them could not be written
 */
export async function register(
  bundle: string,
  { registration, commonName, clock, attempted }: RegistrarOptions,
  signal: AbortSignal,
): Promise<{ readonly configurations: readonly RegisteredConfiguration[]; readonly failure?: Error }> {
  for (let conflicts = 0; ; conflicts += 1) {
    const configurations = await registration.read(signal);
    const writes = configurations.flatMap((configuration) => {
      const entries = (configuration.registered?.entries ?? [])
        .map(({ name, caBundle }) => ({
          name,
          before: caBundle,
          caBundle: mergeBundle(bundle, caBundle, commonName, clock()),
        }))
        .filter(({ before, caBundle }) => before !== caBundle)
        .map(({ name, caBundle }) => ({ name, caBundle }));
      return entries.length === 0 ? [] : [{ configuration, entries }];
    });
    if (writes.length === 0) return { configurations };
    if (conflicts === MOST_CONFLICTS) {
      const failure = new Error('the caBundle was changed by somebody else each time that it was to be written');
      return { configurations, failure };
    }
    let failure: Error | undefined;
    for (const { configuration, entries } of writes) {
      try {
        const outcome = await registration.write(configuration, entries, signal);
        attempted(outcome === 'written' ? 'success' : 'conflict');
      } catch (error) {
        // The other configuration may be writable all the same.
        attempted('failure');
        failure ??= error instanceof Error ? error : new Error(String(error));
      }
    }
    if (failure !== undefined) return { configurations, failure };
  }
}
