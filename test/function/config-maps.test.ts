import { describe, expect, it } from 'vitest';
import { sourceOfConfigMaps, type ConfigMapFiles } from '../../src/function/config-maps.ts';
import { digestOf, sortedFiles } from '../../src/function/files.ts';

const filesOf = (texts: Readonly<Record<string, string>>): ConfigMapFiles['files'] =>
  sortedFiles(new Map(Object.entries(texts).map(([file, text]) => [file, Buffer.from(text)])));

function configMap(
  name: string,
  texts: Readonly<Record<string, string>>,
  { labelled = true, refresh = 0 } = {},
): ConfigMapFiles {
  const files = filesOf(texts);
  return { type: 'files', name, files, digest: digestOf(files), labelled, refresh };
}

describe('a source of several ConfigMaps', () => {
  const code = configMap('hello', { 'handler.js': 'a', 'z.js': 'z' });
  const data = configMap('hello-data', { 'data/words.json': '[]' });

  it('has the files of all, in the order of their paths, and the digest that the Pod will compute', () => {
    const source = sourceOfConfigMaps([code, data]);
    const all = filesOf({ 'data/words.json': '[]', 'handler.js': 'a', 'z.js': 'z' });
    expect(source).toMatchObject({ type: 'files', digest: digestOf(all) });
    expect(source.type === 'files' && [...source.files.keys()]).toEqual([...all.keys()]);
  });

  it('names each ConfigMap with its own digest, in the order of the reference', () => {
    expect(sourceOfConfigMaps([data, code])).toMatchObject({
      parts: [
        { name: 'hello-data', digest: data.digest },
        { name: 'hello', digest: code.digest },
      ],
    });
  });

  it('is labelled if each ConfigMap is, and counts the refreshes of all', () => {
    const refreshed = configMap('more', { 'more.js': '' }, { labelled: false, refresh: 2 });
    const again = configMap('most', { 'most.js': '' }, { refresh: 3 });
    expect(sourceOfConfigMaps([code, refreshed, again])).toMatchObject({ labelled: false, refresh: 5 });
    expect(sourceOfConfigMaps([code, data])).toMatchObject({ labelled: true, refresh: 0 });
  });

  it('is put together once as long as no ConfigMap changes', () => {
    const first = sourceOfConfigMaps([code, data]);
    expect(sourceOfConfigMaps([code, data])).toBe(first);
    expect(sourceOfConfigMaps([code, configMap('hello-data', { 'data/words.json': '[1]' })])).not.toBe(first);
    expect(sourceOfConfigMaps([code])).toMatchObject({ digest: code.digest });
  });

  it('is refused if two of them have one file, and both are named', () => {
    const source = sourceOfConfigMaps([code, configMap('hello-more', { 'handler.js': 'b' })]);
    expect(source).toMatchObject({
      type: 'invalid',
      findings: [
        {
          object: { kind: 'ConfigMap', name: 'hello-more' },
          problem: 'the file handler.js is also in configmap/hello',
        },
      ],
    });
  });

  it('is refused if the file of one is a folder of another', () => {
    const source = sourceOfConfigMaps([data, configMap('hello', { data: 'x' })]);
    expect(source).toMatchObject({
      type: 'invalid',
      findings: [
        {
          object: { kind: 'ConfigMap', name: 'hello-data' },
          problem: 'data is a file of configmap/hello, and data/words.json needs it to be a folder',
        },
      ],
    });
  });

  it('is missing, unreachable or invalid if one of them is', () => {
    expect(sourceOfConfigMaps([code, { type: 'missing', name: 'gone' }])).toEqual({ type: 'missing', name: 'gone' });
    expect(sourceOfConfigMaps([code, { type: 'unreachable', reason: 'so' }])).toMatchObject({ type: 'unreachable' });
    expect(sourceOfConfigMaps([code, { type: 'invalid', findings: [] }])).toMatchObject({ type: 'invalid' });
  });
});
