import { mistrust, type RegisteredConfiguration, type Registration } from './registration.ts';
import { Reconciler } from './reconciler.ts';
import type { CertificateSource } from './source.ts';

export interface RegisteredSourceOptions {
  readonly registration: Pick<Registration, 'read'>;
  /** Calls back when the registration may have changed; returns how to end it. */
  readonly watch: (changed: () => void) => () => Promise<void>;
  readonly clock?: () => Date;
  readonly tickMilliseconds?: number;
}

const RESYNC_SECONDS = 300;

/**
 * A source whose caBundle somebody else writes, such as cert-manager's CA injector: healthy only while that caBundle
 * trusts what is served. Nothing is written here.
 */
export function registeredSource(
  source: CertificateSource,
  { registration, watch, clock = () => new Date(), tickMilliseconds = 1000 }: RegisteredSourceOptions,
): CertificateSource {
  let configurations: readonly RegisteredConfiguration[] | undefined;
  let trouble = '';
  let unwatch: () => Promise<void> = () => Promise.resolve();
  const reconciler = new Reconciler({
    reconcile: async (signal) => {
      configurations = await registration.read(signal);
      return new Date(clock().getTime() + RESYNC_SECONDS * 1000);
    },
    failed: (error) => {
      trouble = ` (${error instanceof Error ? error.message : String(error)})`;
    },
    clock,
    tickMilliseconds,
    backoffMilliseconds: 500,
    longestBackoffMilliseconds: 30_000,
  });
  return {
    current: () => source.current(),
    async start(events) {
      await source.start(events);
      unwatch = watch(() => {
        reconciler.wake();
      });
      reconciler.start();
    },
    stop() {
      void unwatch();
      void reconciler.stop();
      source.stop();
    },
    healthy() {
      const own = source.healthy();
      if (!own.ok) return own;
      if (configurations === undefined) {
        return { ok: false, reason: `the webhook configurations are not read yet${trouble}` };
      }
      const reasons = mistrust(configurations, source.current(), clock());
      return reasons.length === 0 ? own : { ok: false, reason: reasons.join('; ') };
    },
  };
}
