import type { RegisteredConfiguration, RegisteredEntry, Registration } from '../certificates/registration.ts';
import { WEBHOOK_CONFIGURATIONS } from '../installation/names.ts';
import { ApiError, type ApiServer } from './api-server.ts';
import { messageOf, written } from './authority-secret.ts';
import { within } from './deadline.ts';
import { parseMetadata } from './metadata.ts';

export interface WebhookRegistrationOptions {
  readonly server: ApiServer;
  /** Of both configurations. */
  readonly name: string;
  readonly deadlineMilliseconds?: number;
}

/**
 * A MutatingWebhookConfiguration and a ValidatingWebhookConfiguration of the same name.
 *
 * Needs `get` and, to write, `patch` on both.
 */
export function webhookRegistration({
  server,
  name,
  deadlineMilliseconds = 10_000,
}: WebhookRegistrationOptions): Registration {
  const kinds = WEBHOOK_CONFIGURATIONS.map(({ kind, path }) => ({
    title: `${kind} ${name}`,
    path: `${path}/${encodeURIComponent(name)}`,
  }));

  const read = async (title: string, path: string, signal: AbortSignal): Promise<RegisteredConfiguration> => {
    try {
      const object = await within(signal, deadlineMilliseconds, (deadline) => server.get(path, {}, deadline));
      return { title, registered: parse(object) };
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return { title, registered: undefined };
      throw new Error(`cannot read ${title}: ${messageOf(error)}`, { cause: error });
    }
  };

  return {
    read: (signal) => Promise.all(kinds.map(({ title, path }) => read(title, path, signal))),
    write: ({ title, registered }, entries, signal) => {
      const path = kinds.find((kind) => kind.title === title)?.path ?? '';
      return written(`write the caBundle of ${title}`, () =>
        within(signal, deadlineMilliseconds, (deadline) =>
          server.change(
            {
              method: 'PATCH',
              path,
              // Entries are merged by name, so that nothing else of them is touched.
              contentType: 'application/strategic-merge-patch+json',
              query: { fieldManager: 'buildless-webhook' },
              body: {
                metadata: { resourceVersion: registered?.version ?? '' },
                webhooks: entries.map((entry) => ({
                  name: entry.name,
                  clientConfig: { caBundle: Buffer.from(entry.caBundle).toString('base64') },
                })),
              },
            },
            deadline,
          ),
        ),
      );
    },
  };
}

function parse(object: unknown): RegisteredConfiguration['registered'] {
  if (typeof object !== 'object' || object === null) throw new Error('the answer is not a webhook configuration');
  const webhooks: unknown = 'webhooks' in object ? object.webhooks : [];
  const entries: RegisteredEntry[] = (Array.isArray(webhooks) ? webhooks : []).flatMap((webhook: unknown) => {
    if (typeof webhook !== 'object' || webhook === null || !('name' in webhook)) return [];
    const client: unknown = 'clientConfig' in webhook ? webhook.clientConfig : undefined;
    const bundle: unknown =
      typeof client === 'object' && client !== null && 'caBundle' in client ? client.caBundle : undefined;
    const caBundle = typeof bundle === 'string' ? Buffer.from(bundle, 'base64').toString('utf8') : '';
    return [{ name: String(webhook.name), caBundle }];
  });
  return { version: parseMetadata(object)?.resourceVersion ?? '', entries };
}
