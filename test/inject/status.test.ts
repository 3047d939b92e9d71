import { describe, expect, it } from 'vitest';
import { parseStatus, type FunctionStatus } from '../../src/inject/status.ts';

const status: FunctionStatus = {
  version: '0.1.0',
  function: 'hello',
  runtime: 'nodejs22',
  image: 'docker.io/library/node:22',
  container: 'function',
  server: true,
  source: { type: 'configmap', reference: 'configmap:hello', digest: 'sha256:0' },
  revision: 'hello-0',
  added: { volumes: ['buildless-app'], initContainers: ['buildless-prepare'] },
};
const { source, added } = status;

const WITH: Readonly<Record<string, (value: unknown) => unknown>> = {
  version: (version) => ({ ...status, version }),
  function: (name) => ({ ...status, function: name }),
  runtime: (runtime) => ({ ...status, runtime }),
  image: (image) => ({ ...status, image }),
  container: (container) => ({ ...status, container }),
  server: (server) => ({ ...status, server }),
  source: (value) => ({ ...status, source: value }),
  'source.type': (type) => ({ ...status, source: { ...source, type } }),
  'source.reference': (reference) => ({ ...status, source: { ...source, reference } }),
  'source.digest': (digest) => ({ ...status, source: { ...source, digest } }),
  revision: (revision) => ({ ...status, revision }),
  added: (value) => ({ ...status, added: value }),
  'added.volumes': (volumes) => ({ ...status, added: { ...added, volumes } }),
  'added.initContainers': (initContainers) => ({ ...status, added: { ...added, initContainers } }),
};
const OPTIONAL = ['source.digest', 'revision'];

const read = (value: unknown): FunctionStatus | undefined => parseStatus(JSON.stringify(value));

describe('the status annotation of a Pod', () => {
  it('is read as it was written', () => {
    expect(read(status)).toEqual(status);
  });

  it.each(Object.entries(WITH))('is not a status with another %s', (name, withValue) => {
    for (const wrong of [null, 1, {}, [1]]) expect(read(withValue(wrong))).toBeUndefined();
    expect(read(withValue(undefined)) !== undefined).toBe(OPTIONAL.includes(name));
  });

  it.each(['oci', 'toString', '__proto__'])('is not a status with a source of type %s', (type) => {
    expect(read(WITH['source.type']?.(type))).toBeUndefined();
  });

  it.each(['', '{', 'null', '[]', '"text"'])('is not a status as %s', (text) => {
    expect(parseStatus(text)).toBeUndefined();
  });
});
