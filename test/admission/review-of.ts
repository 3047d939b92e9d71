import type { AdmissionRequest } from '../../src/admission/review.ts';
import { createOfflineJudge, type SourceJudge } from '../../src/admission/judgement.ts';
import type { ReviewContext } from '../../src/admission/review-context.ts';
import { DEFAULT_CONFIGURATION } from '../../src/config/defaults.ts';
import type { Configuration } from '../../src/config/configuration.ts';
import { digestOf, type SourceFiles } from '../../src/function/files.ts';
import { NAMESPACE_ENABLED, NAMESPACE_LABEL } from '../../src/function/keys.ts';
import { LabelsUnreachable, type NamespaceLabels } from '../../src/namespace/namespace.ts';
import { sourceOfConfigMaps } from '../../src/function/config-maps.ts';
import type { Source } from '../../src/function/source.ts';

/** A request as an API server makes it for an object. */
export function requestFor(object: object, overrides: Partial<AdmissionRequest> = {}): AdmissionRequest {
  return {
    uid: '705ab4f5-6393-11e8-b7cc-42010a800002',
    kind: { group: '', version: 'v1', kind: 'Pod' },
    operation: 'CREATE',
    namespace: 'default',
    name: '',
    subResource: '',
    dryRun: false,
    object: { ...object },
    ...overrides,
  };
}

/** Files of a source from texts. */
export function sourceOf(texts: Readonly<Record<string, string>>, labelled = true): Source {
  const files: SourceFiles = new Map(
    Object.entries(texts)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, text]) => [path, Buffer.from(text)]),
  );
  return sourceOfConfigMaps([{ type: 'files', name: 'hello', files, digest: digestOf(files), labelled, refresh: 0 }]);
}

const optedIn = (labels: NamespaceLabels | LabelsUnreachable): NamespaceLabels | LabelsUnreachable =>
  labels instanceof LabelsUnreachable ? labels : { [NAMESPACE_LABEL]: NAMESPACE_ENABLED, ...labels };

/** ReviewContext that give one source for every ConfigMap. */
export function contextWith(options: {
  readonly source?: Source;
  readonly labels?: NamespaceLabels | LabelsUnreachable;
  readonly configuration?: Configuration;
  readonly judge?: SourceJudge;
}): ReviewContext {
  return {
    configuration: () => options.configuration ?? DEFAULT_CONFIGURATION,
    namespaceLabels: () => Promise.resolve(optedIn(options.labels ?? {})),
    readSource: (_namespace, reference) =>
      Promise.resolve(reference.type === 'configmap' ? (options.source ?? { type: 'missing' }) : { type: 'opaque' }),
    judge: options.judge ?? createOfflineJudge(),
  };
}

/** A Pod as a ReplicaSet makes it. */
export const replica = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    generateName: 'hello-5d9c-',
    labels: { 'buildless.dev/function': 'hello' },
    annotations: { 'buildless.dev/runtime': 'nodejs22' },
  },
  spec: { containers: [{ name: 'function', image: 'auto' }] },
};
