import { filesOfConfigMap, type ConfigMapData } from '../function/files.ts';
import { FUNCTION_LABEL } from '../function/keys.ts';
import { LANGUAGES, type Language } from '../function/languages.ts';
import { namespaceFacts, type NamespaceFacts } from '../function/namespace.ts';
import { parsePod } from '../function/pod-shape.ts';
import { inspect } from '../inject/inject.ts';
import type { PodLike } from '../inject/injection.ts';
import type { FunctionStatus } from '../inject/status.ts';
import type { Finding } from '../outcome/finding.ts';
import { judgeFiles, judgeFunction } from './dependencies.ts';
import { injectPod, subjectOf } from './mutate.ts';
import { admitted, refused, skipped } from './response.ts';
import type { AdmissionRequest, Reviewer, Verdict } from './review.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * The validating webhook: refuses Functions that reached the end of admission without having been injected, and
 * dependencies that float, in Pods and in labelled ConfigMaps.
 */
export function createValidate(surroundings: Surroundings): Reviewer {
  return async (request) => {
    const { uid, kind, operation, subResource, namespace, object } = request;
    if (kind.group !== '' || subResource !== '' || object === undefined) return skipped(uid, 'other-operation');
    const { dependencies } = surroundings.configuration();
    const facts = async (): Promise<NamespaceFacts> =>
      namespaceFacts(await surroundings.namespaceLabels(namespace), dependencies);
    if (kind.kind === 'Pod' && operation === 'CREATE') return validatePod(request, object, surroundings, facts);
    if (kind.kind === 'ConfigMap' && (operation === 'CREATE' || operation === 'UPDATE')) {
      return validateConfigMap(request, object, facts);
    }
    return skipped(uid, 'other-operation');
  };
}

async function validatePod(
  { uid, namespace, name, kind }: AdmissionRequest,
  object: Readonly<Record<string, unknown>>,
  surroundings: Surroundings,
  facts: () => Promise<NamespaceFacts>,
): Promise<Verdict> {
  const parsed = parsePod(object);
  if ('findings' in parsed) return refused(uid, `${kind.kind} ${namespace}/${name}`, parsed.findings);
  const { pod } = parsed;
  const inspection = inspect(pod, surroundings.configuration());
  switch (inspection.kind) {
    case 'skip':
      return skipped(uid, inspection.code);
    case 'injected': {
      const subject = subjectOf(pod, kind.kind, namespace, name);
      return validateDependencies(uid, subject, inspection.status, namespace, surroundings, await facts());
    }
    case 'function':
    case 'refused': {
      const findings = await whyNotInjected(pod, namespace, surroundings);
      return refused(uid, subjectOf(pod, kind.kind, namespace, name), findings);
    }
  }
}

/** A Function in its final state that was not injected would start without its code; tells why it was not. */
async function whyNotInjected(
  pod: PodLike,
  namespace: string,
  surroundings: Surroundings,
): Promise<readonly Finding[]> {
  const injection = await injectPod(pod, namespace, surroundings);
  if (injection.outcome === 'refused') return injection.findings;
  return [
    {
      code: 'not-injected',
      field: `metadata.labels[${FUNCTION_LABEL}]`,
      problem:
        'the Pod is a Function and was not injected, because the mutating webhook was not called or did not answer',
      fix: 'see that it is registered and its Pods are Ready, then create the Pod again; controllers do so by themselves',
    },
  ];
}

async function validateDependencies(
  uid: string,
  subject: string,
  status: FunctionStatus,
  namespace: string,
  surroundings: Surroundings,
  facts: NamespaceFacts,
): Promise<Verdict> {
  const { enforced, warnings, audited } = await judgeFunction(status, namespace, surroundings, facts.levels);
  const all = [...facts.warnings, ...warnings];
  return enforced.length > 0 ? refused(uid, subject, enforced, all) : admitted(uid, all, audited);
}

async function validateConfigMap(
  { uid, namespace, name, oldObject }: AdmissionRequest,
  object: Readonly<Record<string, unknown>>,
  facts: () => Promise<NamespaceFacts>,
): Promise<Verdict> {
  if (functionLabel(object) === undefined) return skipped(uid, 'not-a-function');
  // As Pod Security Admission does: what was admitted before a policy tightened may still be labelled, or deleted.
  if (oldObject !== undefined && functionLabel(oldObject) !== undefined && sameContent(object, oldObject)) {
    return admitted(uid, []);
  }
  const subject = `Function "${functionLabel(object) ?? ''}" (ConfigMap ${namespace}/${name})`;
  const read = filesOfConfigMap(name, configMapData(object));
  if ('findings' in read) return refused(uid, subject, read.findings);
  const { levels, warnings: advice } = await facts();
  const { enforced, warnings, audited } = judgeFiles(read.files, languagesOf(read.files), levels);
  const all = [...advice, ...warnings];
  return enforced.length > 0 ? refused(uid, subject, enforced, all) : admitted(uid, all, audited);
}

/** The languages whose dependency files are there: a ConfigMap names no runtime. */
function languagesOf(files: ReadonlyMap<string, unknown>): readonly Language[] {
  const languages: readonly Language[] = ['nodejs', 'python'];
  return languages.filter((language) => LANGUAGES[language].dependencyFiles.some((file) => files.has(file)));
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function functionLabel(object: Readonly<Record<string, unknown>>): string | undefined {
  const metadata = isRecord(object['metadata']) ? object['metadata'] : {};
  const labels = isRecord(metadata['labels']) ? metadata['labels'] : {};
  const label = labels[FUNCTION_LABEL];
  return typeof label === 'string' ? label : undefined;
}

function configMapData(object: Readonly<Record<string, unknown>>): ConfigMapData {
  return { data: texts(object['data']), binaryData: texts(object['binaryData']) };
}

function texts(value: unknown): Record<string, string> {
  const entries = isRecord(value) ? Object.entries(value) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

const sameContent = (a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean =>
  JSON.stringify(configMapData(a)) === JSON.stringify(configMapData(b));
