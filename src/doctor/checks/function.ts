import { NAMESPACE_ENABLED, NAMESPACE_LABEL, STATUS_ANNOTATION } from '../../function/keys.ts';
import { failed, ok, skipped, type Check, type CheckResult } from '../check.ts';
import { cureOf, mayNotCreate, PROBE_NAME, probeNamespace, probeRuntime, probeTemplate } from '../probe.ts';
import { text } from '../../kubernetes/fields.ts';

const CHECK = 'Function';

/** The whole way, and nothing stays: the Pod of a Function, created with --dry-run=server. */
export const dryRunFunction: Check = async (patient) => {
  const namespace = await probeNamespace(patient);
  if (namespace === undefined) {
    return [
      skipped(
        CHECK,
        'no Function was tried, as no namespace opted in yet',
        `kubectl label namespace NAME ${NAMESPACE_LABEL}=${NAMESPACE_ENABLED}, then run doctor again`,
      ),
    ];
  }
  const { metadata, spec } = probeTemplate(await probeRuntime(patient));
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: PROBE_NAME, ...metadata }, spec };
  const answer = await patient.post(`/api/v1/namespaces/${namespace}/pods`, pod, { dryRun: 'All' });
  return [answer.ok ? judge(answer.object, namespace) : refused(answer.message, answer.status, namespace)];
};

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
  if (mayNotCreate({ message, status })) {
    return skipped(
      CHECK,
      `you may not create Pods in ${namespace}`,
      'ask as a user who may, or name another --probe-namespace',
    );
  }
  if (WITHOUT_VERDICT.test(message)) {
    return ok(CHECK, `a Function in ${namespace} reaches both webhooks (dry run; a real one waits for the controller)`);
  }
  return failed(CHECK, `a Function in ${namespace} is refused: ${message}`, cureOf(message));
}

/** Rules that need the controller's verdict, which a dry run never gets. */
const WITHOUT_VERDICT = /\[(?:release-age-unchecked|provenance-unchecked|licence-unknown)\]/;
