/** Workloads as the controller leaves them. */
import type { ApiServer } from '../../src/api-server/api-server.ts';
import { Reflector, type EntryChange } from '../../src/api-server/reflector.ts';
import { FOLLOWED_LABEL, REVISION_ANNOTATION } from '../../src/function/keys.ts';
import { isObject } from '../../src/kubernetes/object.ts';
import { valueAt } from '../../src/manifests/templates.ts';

export interface Deployed {
  readonly followed: string | undefined;
  readonly stamp: string | undefined;
  readonly generation: number;
}

export const quiet = { info: () => undefined, warn: () => undefined };

export const followDeployments = (
  server: ApiServer,
  onEntry: (change: EntryChange<Deployed>) => void,
): Reflector<Deployed> =>
  new Reflector<Deployed>({ server, path: '/apis/apps/v1/deployments', logger: quiet, entryOf: deployedOf, onEntry });

function deployedOf(object: object): Deployed {
  const metadata = 'metadata' in object && isObject(object.metadata) ? object.metadata : {};
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  return {
    followed: text(valueAt(metadata, ['labels', FOLLOWED_LABEL])),
    stamp: text(valueAt(object, ['spec', 'template', 'metadata', 'annotations', REVISION_ANNOTATION])),
    generation: Number(metadata.generation),
  };
}
