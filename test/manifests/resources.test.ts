import { describe, expect, it } from 'vitest';
import { indexResources } from '../../src/manifests/resources.ts';
import { documentsOf } from './parsed.ts';

const INPUT = documentsOf(`
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: ConfigMap
    metadata: {name: hello}
    data: {handler.js: "one"}
---
apiVersion: v1
kind: Secret
metadata: {name: hello}
---
apiVersion: example.com/v1
kind: Secret
metadata: {name: other}
`);

describe('indexResources', () => {
  it('puts objects without a namespace into the one that is given', () => {
    const resources = indexResources(INPUT, 'other');
    expect(resources.configMap('other', 'hello')).toMatchObject({ data: { 'handler.js': 'one' } });
    expect(resources.configMap('default', 'hello')).toBeUndefined();
    expect(resources.secret('other', 'hello')).toMatchObject({ kind: 'Secret' });
  });

  it('takes kinds of the core group only', () => {
    expect(indexResources(INPUT).secret('default', 'other')).toBeUndefined();
  });

  it('lets the last of two with one name hold', () => {
    const twice = documentsOf(
      [1, 2].map((n) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: "${n}"}\n`).join('---\n'),
    );
    expect(indexResources(twice).configMap('default', 'a')).toMatchObject({ data: { k: '2' } });
  });
});
