import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { groupOf, isObject, kindOf, type KubernetesObject } from '../../src/kubernetes/object.ts';
import { ROOT } from '../cluster/kubectl.ts';
import { blocksOf } from '../docs/page.ts';

/** An object of another project that users copy. */
export interface Shown {
  /** Page or example. */
  readonly where: string;
  readonly group: string;
  readonly kind: string;
  readonly object: KubernetesObject;
}

const PAGES = ['README.md', ...readdirSync(path.join(ROOT, 'docs')).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
);
const EXAMPLES = readdirSync(path.join(ROOT, 'examples')).flatMap((name) =>
  readdirSync(path.join(ROOT, 'examples', name))
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => `examples/${name}/${file}`),
);

/** A group with a dot that is not of Kubernetes itself. */
const OF_KUBERNETES = /^(?:[a-z]+|(?:[a-z]+\.)+k8s\.io)$/;
const OF_A_PROJECT = new Set(['gateway.networking.k8s.io']);
const isOfAnother = (group: string): boolean =>
  OF_A_PROJECT.has(group) || group.includes('-k8s.io') || !OF_KUBERNETES.test(group);

const objectsIn = (text: string): readonly KubernetesObject[] => {
  const documents = parseAllDocuments(text);
  return ('empty' in documents ? [] : documents).map((document): unknown => document.toJS()).filter(isObject);
};

function shownIn(where: string, text: string): readonly Shown[] {
  return objectsIn(text).flatMap((object) => {
    const [group, kind] = [groupOf(object), kindOf(object)];
    const isWhole = typeof object.apiVersion === 'string' && kind !== '' && isObject(object.metadata);
    return isWhole && group !== '' && isOfAnother(group) ? [{ where, group, kind, object }] : [];
  });
}

export const shown = (): readonly Shown[] => [
  ...PAGES.flatMap((page) =>
    blocksOf(page)
      .filter(({ language }) => language === 'yaml')
      .flatMap(({ code }) => shownIn(page, code)),
  ),
  ...EXAMPLES.flatMap((file) => shownIn(file, readFileSync(path.join(ROOT, file), 'utf8'))),
];

/** The Functions that the examples of docs/workloads.md run. */
export const sourcesOfWorkloads = (): string =>
  blocksOf('docs/workloads.md').find(({ language }) => language === 'yaml')?.code ?? '';
