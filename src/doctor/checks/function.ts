import { DEFAULT_CONFIGURATION } from '../../config/defaults.ts';
import {
  ANNOTATIONS,
  FUNCTION_LABEL,
  NAMESPACE_ENABLED,
  NAMESPACE_LABEL,
  STATUS_ANNOTATION,
} from '../../function/keys.ts';
import { failed, ok, skipped, type Check, type CheckResult, type Patient } from '../check.ts';
import { installedConfiguration } from '../installed-configuration.ts';
import { list, text } from '../../kubernetes/fields.ts';
import { optedIn } from './namespaces.ts';

const CHECK = 'Function';
const NAME = 'buildless-doctor';

/** The whole way, and nothing stays: a Function created with --dry-run=server, from a source that only its Pod would read. */
export const dryRunFunction: Check = async (patient) => {
  const namespace = patient.probeNamespace ?? (await firstOptedIn(patient));
  if (namespace === undefined) {
    return [
      skipped(
        CHECK,
        'no Function was tried, as no namespace opted in yet',
        `kubectl label namespace NAME ${NAMESPACE_LABEL}=${NAMESPACE_ENABLED}, then run doctor again`,
      ),
    ];
  }
  const { runtimes } = (await installedConfiguration(patient)) ?? DEFAULT_CONFIGURATION;
  const [runtime = 'nodejs22'] = Object.entries(runtimes)
    .filter(([, { deprecated }]) => deprecated === undefined)
    .map(([name]) => name);
  const answer = await patient.post(`/api/v1/namespaces/${namespace}/pods`, pod(runtime), { dryRun: 'All' });
  return [answer.ok ? judge(answer.object, namespace) : refused(answer.message, answer.status, namespace)];
};

const pod = (runtime: string): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: NAME,
    labels: { [FUNCTION_LABEL]: NAME },
    annotations: {
      [ANNOTATIONS.runtime]: runtime,
      [ANNOTATIONS.source]: `git+https://git.example/doctor.git?ref=${'0'.repeat(40)}`,
    },
  },
  spec: { containers: [{ name: 'function', image: 'auto' }] },
});

function judge(object: object, namespace: string): CheckResult {
  if (text(object, 'metadata', 'annotations', STATUS_ANNOTATION) !== '') {
    return ok(CHECK, `a Function in ${namespace} comes out injected and admitted (dry run)`);
  }
  return failed(
    CHECK,
    `a Function in ${namespace} came back untouched: neither webhook was called`,
    'compare the namespaceSelector of both webhook configurations with the labels of the namespace',
  );
}

function refused(message: string, status: number, namespace: string): CheckResult {
  if (status === 403 && message.includes('cannot create resource')) {
    return skipped(
      CHECK,
      `you may not create Pods in ${namespace}`,
      'ask as a user who may, or name another --probe-namespace',
    );
  }
  const cure = cureOf(message);
  return failed(CHECK, `a Function in ${namespace} is refused: ${message}`, cure);
}

function cureOf(message: string): string {
  if (message.includes('x509')) return 'compare the caBundle with the served certificate, above';
  if (message.includes('not-injected')) return 'the mutating webhook was not called: see its registration and caBundle';
  if (message.includes('failed calling webhook')) {
    return 'let the API server reach the webhook: Service, NetworkPolicy, firewall (port 10250), or the host-network overlay';
  }
  return 'docs/outcomes.md has cause and cure of each code';
}

async function firstOptedIn(patient: Patient): Promise<string | undefined> {
  const answer = await optedIn(patient);
  // Nothing can be created in one that is about to go.
  const first = (answer.ok ? list(answer.object, 'items') : []).find(
    (namespace) => text(namespace, 'metadata', 'deletionTimestamp') === '',
  );
  return first === undefined ? undefined : text(first, 'metadata', 'name');
}
