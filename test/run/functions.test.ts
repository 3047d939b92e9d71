import { describe, expect, it } from 'vitest';
import { parseManifests } from '../../src/manifests/documents.ts';
import { chooseFunction, createPod, functionsOf, type FunctionTemplate } from '../../src/run/functions.ts';

const template = (name: string): string =>
  `{ metadata: { labels: { buildless.dev/function: ${name} } }, spec: { containers: [] } }`;
const INPUT = `
{ apiVersion: apps/v1, kind: Deployment, metadata: { name: web, namespace: shop }, spec: { template: ${template('orders')} } }
---
{ apiVersion: batch/v1, kind: Job, metadata: { name: once }, spec: { template: ${template('orders')} } }
---
{ apiVersion: v1, kind: Pod, metadata: { generateName: mail-, labels: { buildless.dev/function: mail } }, spec: { containers: [] } }
---
{ apiVersion: v1, kind: Pod, metadata: { name: other }, spec: { containers: [] } }
`;

function functions(): readonly FunctionTemplate[] {
  const parsed = parseManifests(INPUT, 'input.yaml');
  if ('findings' in parsed) throw new Error(parsed.findings.map(({ problem }) => problem).join());
  return functionsOf(parsed.documents);
}

describe('choosing a Function', () => {
  it.each([
    ['mail', 'Pod', 'mail-*'],
    ['Job/once', 'Job', 'once'],
    ['Deployment/web', 'Deployment', 'web'],
  ])('%s is a %s called %s', (wanted, kind, name) => {
    expect(chooseFunction(functions(), wanted)).toMatchObject({ template: { kind, name } });
  });

  it.each([
    [undefined, 'the input has several Functions: orders (Deployment/web), orders (Job/once), mail (Pod/mail-*)'],
    [
      'orders',
      'the input has several Functions "orders": orders (Deployment/web), orders (Job/once), mail (Pod/mail-*)',
    ],
    ['order', 'the input has no Function "order"'],
  ])('%j cannot be told: %s', (wanted, problem) => {
    expect(chooseFunction(functions(), wanted)).toMatchObject({ kind: 'wrong-input', problem });
  });
});

describe('the Pod of a Function', () => {
  it.each([
    ['Deployment/web', { name: 'web-local', namespace: 'shop' }],
    ['Job/once', { name: 'once-local', namespace: 'default' }],
    ['mail', { name: 'mail-local', namespace: 'default' }],
  ])('of %s has the name and namespace that a cluster would give it', (wanted, metadata) => {
    const chosen = chooseFunction(functions(), wanted);
    if ('problem' in chosen) throw new Error(chosen.problem);
    expect(createPod(chosen, { spec: { containers: [] } }, 'default').metadata).toMatchObject(metadata);
  });
});
