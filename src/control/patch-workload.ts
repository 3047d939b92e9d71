import { ApiError, type ApiServer } from '../api-server/api-server.ts';
import { within } from '../api-server/deadline.ts';
import { CONTROL_NAME } from '../installation/names.ts';
import { valueAt } from '../manifests/templates.ts';
import type { Holder } from './holder.ts';
import { objectPathOf } from './kinds.ts';
import { stampPatch } from './patch.ts';

export type Patched =
  | { readonly type: 'patched'; readonly generation: number; readonly version: string }
  /** It is not as it was when this was decided. */
  | { readonly type: 'changed' }
  | { readonly type: 'gone' }
  /** By a policy, a webhook or RBAC. */
  | { readonly type: 'denied'; readonly message: string };

const MILLISECONDS = 15_000;

/** @param stamp undefined to leave the template alone */
export async function patchWorkload(
  server: ApiServer,
  workload: Holder,
  followed: string,
  stamp: string | undefined,
  signal: AbortSignal,
): Promise<Patched> {
  const path = objectPathOf(workload.kind, workload.namespace, workload.name);
  const body = stampPatch(workload, followed, stamp);
  const query = { fieldManager: CONTROL_NAME };
  try {
    const object = await within(signal, MILLISECONDS, (deadline) =>
      server.change({ method: 'PATCH', path, query, contentType: 'application/json-patch+json', body }, deadline),
    );
    const generation = valueAt(object, ['metadata', 'generation']);
    return {
      type: 'patched',
      generation: typeof generation === 'number' ? generation : 0,
      version: String(valueAt(object, ['metadata', 'resourceVersion'])),
    };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    switch (error.status) {
      case 404:
        return { type: 'gone' };
      case 409:
        return { type: 'changed' };
      // A test of the patch failed; or, by its message, the object that came out of it is not valid.
      case 422:
        return error.message.includes('is invalid') ? { type: 'denied', message: error.message } : { type: 'changed' };
      case 400:
      case 403:
        return { type: 'denied', message: error.message };
      default:
        throw error;
    }
  }
}
