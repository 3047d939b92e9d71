/** Reviews as one author can cause them, for tests and for `npm run bench -- hostile`. */
import { reviewText } from '../server/running.ts';
import { CROWDED_PODS, fullPod, textPaths, withText } from './pods.ts';
import { HOSTILE_SOURCES, type Texts } from './sources.ts';
import { HOSTILE_TEXTS } from './texts.ts';

export interface HostileReview {
  readonly name: string;
  readonly webhook: 'mutate' | 'validate';
  /** @param bytes of the object, about */
  readonly body: (bytes: number) => string;
}

export const podReview = (pod: unknown): string => reviewText('hostile', { name: '', object: pod });

export const configMapReview = (
  texts: Texts,
  labels: object = { 'buildless.dev/function': 'a' },
  namespace = 'shop',
): string =>
  reviewText('hostile', {
    kind: { group: '', version: 'v1', kind: 'ConfigMap' },
    name: 'hello',
    namespace,
    object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'hello', labels }, data: keysOf(texts) },
  });

/** A key cannot hold a slash. */
const keysOf = (texts: Texts): Texts =>
  Object.fromEntries(Object.entries(texts).map(([file, text]) => [file.replaceAll('/', '..'), text]));

export function deploymentReview(template: object): string {
  const { name, namespace } = fullPod.metadata;
  return reviewText('hostile', {
    kind: { group: 'apps', version: 'v1', kind: 'Deployment' },
    name,
    object: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace }, spec: { template } },
  });
}

const FIELDS: readonly HostileReview[] = textPaths(fullPod).flatMap((path) =>
  HOSTILE_TEXTS.map(({ name, text }) => ({
    name: `Pod ${path.join('.')} ${name}`,
    webhook: 'mutate' as const,
    body: (bytes: number) => podReview(withText(fullPod, path, text(bytes))),
  })),
);

const CROWDED: readonly HostileReview[] = Object.entries(CROWDED_PODS).flatMap(([name, pod]) => [
  { name: `Pod with many ${name}`, webhook: 'mutate', body: (bytes) => podReview(pod(bytes)) },
  { name: `Deployment with many ${name}`, webhook: 'validate', body: (bytes) => deploymentReview(pod(bytes)) },
]);

const SOURCES: readonly HostileReview[] = HOSTILE_SOURCES.map(({ name, texts }) => ({
  name: `ConfigMap ${name}`,
  webhook: 'validate',
  body: (bytes) => configMapReview(texts(bytes)),
}));

const KEYS: readonly HostileReview[] = [
  {
    name: 'ConfigMap of many files',
    webhook: 'validate',
    body: (bytes) =>
      configMapReview(Object.fromEntries(Array.from({ length: Math.floor(bytes / 14) }, (_, n) => [`f${n}`, '']))),
  },
  {
    name: 'ConfigMap of deep files',
    webhook: 'validate',
    body: (bytes) =>
      configMapReview(
        Object.fromEntries(Array.from({ length: Math.floor(bytes / 260) }, (_, n) => [`${'a/'.repeat(80)}f${n}`, ''])),
      ),
  },
  {
    name: 'ConfigMap of many wrong keys',
    webhook: 'validate',
    body: (bytes) =>
      configMapReview(Object.fromEntries(Array.from({ length: Math.floor(bytes / 14) }, (_, n) => [`..f${n}`, '']))),
  },
];

export const HOSTILE_REVIEWS: readonly HostileReview[] = [...CROWDED, ...KEYS, ...SOURCES, ...FIELDS];
