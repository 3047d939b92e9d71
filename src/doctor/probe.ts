/** A Function that doctor creates as a dry run, so that nothing of it stays. */
import { DEFAULT_CONFIGURATION } from '../config/defaults.ts';
import { ANNOTATIONS, FUNCTION_LABEL } from '../function/keys.ts';
import { list, text } from '../kubernetes/fields.ts';
import type { Patient } from './check.ts';
import { optedIn } from './checks/namespaces.ts';
import { installedConfiguration } from './installed-configuration.ts';

/** Of whatever doctor creates. */
export const PROBE_NAME = 'buildless-doctor';

/** Where it is tried: in the namespace that was asked for, else in the first one that opted in. */
export async function probeNamespace(patient: Patient): Promise<string | undefined> {
  if (patient.probeNamespace !== undefined) return patient.probeNamespace;
  const answer = await optedIn(patient);
  // Nothing can be created in one that is about to go.
  const first = (answer.ok ? list(answer.object, 'items') : []).find(
    (namespace) => text(namespace, 'metadata', 'deletionTimestamp') === '',
  );
  return first === undefined ? undefined : text(first, 'metadata', 'name');
}

/** One that the configuration has, and does not call deprecated. */
export async function probeRuntime(patient: Patient): Promise<string> {
  const { runtimes } = (await installedConfiguration(patient)) ?? DEFAULT_CONFIGURATION;
  const [runtime = 'nodejs22'] = Object.entries(runtimes)
    .filter(([, { deprecated }]) => deprecated === undefined)
    .map(([name]) => name);
  return runtime;
}

/**
 * Metadata and spec of its Pod. Its source is one that only the Pod would read.
 *
 * @param ends whether it runs once, instead of serving
 */
export const probeTemplate = (runtime: string, ends = false): { readonly metadata: object; readonly spec: object } => ({
  metadata: {
    labels: { app: PROBE_NAME, [FUNCTION_LABEL]: PROBE_NAME },
    annotations: {
      [ANNOTATIONS.runtime]: runtime,
      [ANNOTATIONS.source]: `git+https://git.example/doctor.git?ref=${'d'.repeat(40)}`,
    },
  },
  spec: ends
    ? { restartPolicy: 'Never', containers: [{ name: 'function', image: 'auto', command: ['true'] }] }
    : { containers: [{ name: 'function', image: 'auto' }] },
});

/** Whether the API server said that this user may not create it. */
export const mayNotCreate = ({ status, message }: { readonly status: number; readonly message: string }): boolean =>
  status === 403 && message.includes('cannot create resource');

/** What helps against the refusal of a good Function. */
export function cureOf(message: string): string {
  if (message.includes('x509')) return 'compare the caBundle with the served certificate, above';
  if (message.includes('not-injected')) return 'the mutating webhook was not called: see its registration and caBundle';
  if (message.includes('failed calling webhook')) {
    return 'let the API server reach the webhook: Service, NetworkPolicy, firewall (port 10250), or the host-network overlay';
  }
  return 'docs/outcomes.md has cause and cure of each code';
}
