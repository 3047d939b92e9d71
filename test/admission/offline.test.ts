import { describe, expect, it } from 'vitest';
import { offlineContext } from '../../src/admission/offline.ts';
import { DEFAULT_CONFIGURATION } from '../../src/config/defaults.ts';
import { digestOf } from '../../src/function/files.ts';
import { documentsOf } from '../manifests/parsed.ts';

const INPUT = documentsOf(`
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: ConfigMap
    metadata: {name: hello, labels: {buildless.dev/function: hello}}
    data: {handler.js: "one"}
    binaryData: {lib..icon.bin: aGk=}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: hello, namespace: shop}
data: {handler.py: "two"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: bad, namespace: shop}
data: {a: 1}
binaryData: {b: "not base64!"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: empty, namespace: shop}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {buildless.dev/functions: enabled}}
`);

describe('offlineContext', () => {
  const context = offlineContext(INPUT, DEFAULT_CONFIGURATION, 'default');
  const read = (namespace: string, name: string) => context.readSource(namespace, { type: 'configmap', names: [name] });

  it('finds a source in the namespace of the Pod, data and binaryData alike', async () => {
    const files = new Map([
      ['handler.js', Buffer.from('one')],
      ['lib/icon.bin', Buffer.from('hi')],
    ]);
    expect(await read('default', 'hello')).toEqual({
      type: 'files',
      files,
      digest: digestOf(files),
      labelled: true,
      parts: [{ name: 'hello', digest: digestOf(files) }],
      refresh: 0,
    });
    expect(await read('shop', 'hello')).toMatchObject({ type: 'files', labelled: false });
  });

  it('misses what is not in the input', async () => {
    expect(await read('shop', 'gone')).toEqual({ type: 'missing', name: 'gone' });
    expect(await read('elsewhere', 'hello')).toEqual({ type: 'missing', name: 'hello' });
  });

  it('cannot see into Git and images', async () => {
    expect(await context.readSource('shop', { type: 'image', reference: 'a:1' })).toEqual({ type: 'opaque' });
    expect(await context.readSource('shop', { type: 'git', url: 'https://git.example/a' })).toEqual({
      type: 'opaque',
    });
  });

  it('says what keeps a ConfigMap from being a source', async () => {
    expect(await read('shop', 'bad')).toMatchObject({
      type: 'invalid',
      findings: [
        {
          code: 'source-invalid',
          object: { kind: 'ConfigMap', name: 'bad' },
          field: ['data', { key: 'a' }],
          problem: 'the value is not a string',
        },
        {
          code: 'source-invalid',
          object: { kind: 'ConfigMap', name: 'bad' },
          field: ['binaryData', { key: 'b' }],
          problem: 'the value is not base64',
        },
      ],
    });
    expect(await read('shop', 'empty')).toMatchObject({
      type: 'invalid',
      findings: [{ problem: 'the source is empty' }],
    });
  });

  it("knows the labels of the input's namespaces, and none of others", async () => {
    expect(await context.namespaceLabels('shop')).toEqual({ 'buildless.dev/functions': 'enabled' });
    expect(await context.namespaceLabels('default')).toEqual({});
    expect(context.configuration()).toBe(DEFAULT_CONFIGURATION);
  });
});
