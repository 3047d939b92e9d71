import type { WriteOutcome } from './authority-store.ts';
import { trusts } from './bundle.ts';
import type { ServedCertificate } from './source.ts';

/** One `webhooks[]` of a webhook configuration. */
export interface RegisteredEntry {
  readonly name: string;
  /** PEM, or whatever somebody wrote there; empty if there is none. */
  readonly caBundle: string;
}

export interface RegisteredConfiguration {
  /** For a person, e.g. `MutatingWebhookConfiguration buildless`. */
  readonly title: string;
  /** Undefined if it does not exist. */
  readonly registered: { readonly version: string; readonly entries: readonly RegisteredEntry[] } | undefined;
}

/** What the API server trusts when it calls us; src/api-server/webhook-registration.ts is the real one. */
export interface Registration {
  /** Rejects if the API server cannot be asked. */
  read(signal: AbortSignal): Promise<readonly RegisteredConfiguration[]>;
  /**
   * Writes the caBundle of the named entries, and nothing else, where the configuration is still that of `read`.
   * Rejects if it cannot be written for another reason than a conflict.
   */
  write(
    configuration: RegisteredConfiguration,
    entries: readonly RegisteredEntry[],
    signal: AbortSignal,
  ): Promise<WriteOutcome>;
}

/** Why the API server would not call us, or not accept the certificate: one sentence for each entry that it is so for. */
export function mistrust(
  configurations: readonly RegisteredConfiguration[],
  certificate: Pick<ServedCertificate, 'cert'>,
  now: Date,
): readonly string[] {
  return configurations.flatMap(({ title, registered }) => {
    if (registered === undefined) return [`${title} does not exist`];
    if (registered.entries.length === 0) return [`${title} has no webhooks`];
    return registered.entries
      .filter(({ caBundle }) => !trusts(caBundle, certificate, now))
      .map(({ name, caBundle }) =>
        caBundle === ''
          ? `${title}: ${name} has no caBundle`
          : `${title}: the caBundle of ${name} does not trust the served certificate`,
      );
  });
}
