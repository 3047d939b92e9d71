import type { V1Container, V1Pod, V1PodSpec } from '@kubernetes/client-node';
import { formatField } from '../../src/outcome/place.ts';
import { injectPod } from '../../src/admission/mutate.ts';
import type { NamespaceLabels } from '../../src/namespace/namespace.ts';
import type { NamespaceLimits } from '../../src/namespace/limits.ts';
import type { PodLike } from '../../src/kubernetes/pod.ts';
import { sourceOf, contextWith } from '../admission/review-of.ts';

const source = sourceOf({ 'handler.js': "exports.main = () => 'hello';", 'package.json': '{}' });
/** With something to install, so that there are two init containers. */
const installing = sourceOf({
  'handler.js': "exports.main = () => 'hello';",
  'package.json': '{ "dependencies": { "ms": "2.1.3" } }',
});

export interface FunctionPod {
  readonly annotations?: Readonly<Record<string, string>>;
  /** Merged into the Function's container. */
  readonly container?: Partial<V1Container>;
  /** Merged into the Pod's spec; `containers` are added behind the Function's. */
  readonly spec?: Partial<V1PodSpec>;
}

/** A Pod of a Function as its author may write it. */
export const functionPod = ({ annotations, container, spec }: FunctionPod = {}): V1Pod => ({
  metadata: {
    name: 'hello',
    labels: { 'buildless.dev/function': 'hello' },
    annotations: { 'buildless.dev/runtime': 'nodejs22', ...annotations },
  },
  spec: {
    ...spec,
    containers: [{ name: 'function', image: 'auto', ...container }, ...(spec?.containers ?? [])],
  },
});

/** What becomes of it, for tests: the Function's container, the injected init containers, and what is said. */
export interface Injected {
  readonly pod: PodLike;
  readonly container: V1Container;
  readonly inits: readonly V1Container[];
  /** `code field`, warnings and findings alike. */
  readonly said: readonly string[];
}

export async function injected(
  pod: V1Pod,
  {
    limits,
    labels,
    installs = false,
  }: { readonly limits?: NamespaceLimits; readonly labels?: NamespaceLabels; readonly installs?: boolean } = {},
): Promise<Injected> {
  const context = {
    ...contextWith({ source: installs ? installing : source, ...(labels && { labels }) }),
    ...(limits && { namespaceLimits: () => limits }),
  };
  const injection = await injectPod(pod, 'default', context);
  const findings = injection.outcome === 'refused' ? injection.findings : [];
  const said = [...findings, ...injection.warnings].map(({ code, field = [] }) => `${code} ${formatField(field)}`);
  const result: PodLike = injection.outcome === 'refused' ? {} : injection.pod;
  const inits = (result.spec?.initContainers ?? []).filter(({ name }) => name.startsWith('buildless-'));
  return { pod: result, container: result.spec?.containers[0] ?? { name: '' }, inits, said };
}
