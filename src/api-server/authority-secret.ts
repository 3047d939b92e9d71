import type { AuthorityStore, Stored, StoredAuthority, WriteOutcome } from '../certificates/authority-store.ts';
import { PART_OF } from '../installation/names.ts';
import { ApiError, type ApiServer } from './api-server.ts';
import { within } from './deadline.ts';
import { parseMetadata, textsOf } from './metadata.ts';

export interface AuthoritySecretOptions {
  readonly server: ApiServer;
  readonly namespace: string;
  readonly name: string;
  readonly deadlineMilliseconds?: number;
}

const CERT = 'tls.crt';
const KEY = 'tls.key';
const PREVIOUS = 'previous.crt';

/**
 * The CA in a Secret of type kubernetes.io/tls, with the CAs before it beside.
 *
 * Needs `get` and `patch` on this Secret, and `create` on Secrets of the namespace.
 */
export function authoritySecret({
  server,
  namespace,
  name,
  deadlineMilliseconds = 10_000,
}: AuthoritySecretOptions): AuthorityStore {
  const collection = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`;
  const path = `${collection}/${encodeURIComponent(name)}`;
  return {
    async read(signal) {
      try {
        return parse(await within(signal, deadlineMilliseconds, (deadline) => server.get(path, {}, deadline)));
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return undefined;
        throw new Error(`cannot read Secret ${namespace}/${name}: ${messageOf(error)}`, { cause: error });
      }
    },
    create: (authority, signal) =>
      written(`create Secret ${namespace}/${name}`, () =>
        within(signal, deadlineMilliseconds, (deadline) =>
          server.change(
            {
              method: 'POST',
              path: collection,
              body: {
                apiVersion: 'v1',
                kind: 'Secret',
                type: 'kubernetes.io/tls',
                metadata: { name, namespace, labels: { [PART_OF.label]: PART_OF.value } },
                data: dataOf(authority),
              },
            },
            deadline,
          ),
        ),
      ),
    replace: (authority, version, signal) =>
      written(`change Secret ${namespace}/${name}`, () =>
        within(signal, deadlineMilliseconds, (deadline) =>
          server.change(
            {
              method: 'PATCH',
              path,
              contentType: 'application/merge-patch+json',
              // With the version, a patch of anything newer is a conflict.
              body: { metadata: { resourceVersion: version }, data: dataOf(authority) },
            },
            deadline,
          ),
        ),
      ),
  };
}

/**
 * Runs a write and tells whether somebody else was faster: 409 is both "exists already" and "changed since", and 404 a
 * patch of what was deleted meanwhile.
 */
export async function written(what: string, write: () => Promise<unknown>): Promise<WriteOutcome> {
  try {
    await write();
    return 'written';
  } catch (error) {
    if (error instanceof ApiError && error.status === 409) return 'conflict';
    throw new Error(`cannot ${what}: ${messageOf(error)}`, { cause: error });
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Anything but PEM in base64 comes out as text that does not parse later on. */
function parse(secret: unknown): Stored {
  const object = typeof secret === 'object' && secret !== null ? secret : {};
  const data = textsOf('data' in object ? object.data : undefined);
  const decoded = (key: string): string => Buffer.from(data[key] ?? '', 'base64').toString('utf8');
  const version = parseMetadata(object)?.resourceVersion ?? '';
  return { cert: decoded(CERT), key: decoded(KEY), previous: decoded(PREVIOUS), version };
}

function dataOf({ cert, key, previous }: StoredAuthority): Record<string, string> {
  const encoded = (text: string): string => Buffer.from(text).toString('base64');
  return { [CERT]: encoded(cert), [KEY]: encoded(key), [PREVIOUS]: encoded(previous) };
}
