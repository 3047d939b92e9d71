import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { offlineContext } from '../../src/admission/offline.ts';
import { injectDocument } from '../../src/cli/actions/inject.ts';
import { DEFAULT_CONFIGURATION } from '../../src/config/defaults.ts';
import { parseConfiguration } from '../../src/config/load.ts';
import { STATUS_ANNOTATION } from '../../src/function/keys.ts';
import { groupOf, isObject, kindOf } from '../../src/kubernetes/object.ts';
import { parseManifests } from '../../src/manifests/documents.ts';
import { isLabelled, pathsIn, valueAt } from '../../src/manifests/templates.ts';
import { blocksOf } from './page.ts';

const PAGE = 'docs/workloads.md';
const yaml = blocksOf(PAGE).filter(({ language }) => language === 'yaml');
const [sources = { code: '' }, configuration = { code: '' }, ...examples] = yaml;
const objects = examples.flatMap(({ code }) =>
  parseAllDocuments(code).map((document) => document.toJS() as Record<string, unknown>),
);
/** Kinds of which only the Pods can be injected, as the page says. */
const PODS_ONLY = ['WorkflowTemplate', 'Task'];

async function injected(object: object) {
  const text = `${sources.code}---\n${JSON.stringify(object)}\n`;
  const parsed = parseManifests(text, PAGE);
  if ('findings' in parsed) throw new Error(JSON.stringify(parsed.findings));
  const context = offlineContext(parsed.documents, DEFAULT_CONFIGURATION);
  const all = await Promise.all(parsed.documents.map((document) => injectDocument(document, context, 'default')));
  const last = all.at(-1);
  if (last === undefined) throw new Error('nothing was read');
  return last;
}

describe('docs/workloads.md', () => {
  it('has an example of each kind that its configuration names and its table links to', () => {
    expect(new Set(objects.map(kindOf))).toEqual(
      new Set([
        ...['Rollout', 'Job', 'ScaledJob', 'JobSet', 'WorkflowTemplate', 'Task'],
        ...['DeploymentConfig', 'LeaderWorkerSet', 'CloneSet'],
      ]),
    );
  });

  for (const object of objects) {
    const kind = kindOf(object);
    const works = !PODS_ONLY.includes(kind);
    it(`${kind} is ${works ? 'injected' : 'left to its Pods'} by "buildless inject"`, async () => {
      const { edited, refusals } = await injected(object);
      expect(refusals).toEqual([]);
      expect(JSON.stringify(edited).includes(STATUS_ANNOTATION)).toBe(works);
    });
  }

  it('has a configuration whose paths lead to the templates of the examples', () => {
    const parsed = parseConfiguration(configuration.code, PAGE);
    if ('findings' in parsed) throw new Error(JSON.stringify(parsed.findings));
    for (const { group, kind, path } of parsed.configuration.templates) {
      const example = objects.find((object) => groupOf(object) === group && kindOf(object) === kind);
      // The only one without an example: its templates are in a map.
      if (kind === 'PyTorchJob') continue;
      const found = pathsIn(example, path, 20).map((at) => valueAt(example, at));
      expect(found.map((template) => isObject(template) && isLabelled(template))).toEqual([true]);
    }
  });
});

describe('docs/scaling.md', () => {
  const blocks = blocksOf('docs/scaling.md').filter(({ language }) => language === 'yaml');

  it.each(blocks)('has objects below "$heading" that scale the Deployment hello', ({ code }) => {
    for (const each of parseAllDocuments(code)) {
      expect(each.errors).toEqual([]);
      const object: unknown = parse(String(each));
      const target = valueAt(object, ['spec', 'scaleTargetRef', 'name']);
      if (target !== undefined) expect(target).toBe('hello');
    }
  });
});
