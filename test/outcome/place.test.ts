import { describe, expect, it } from 'vitest';
import { annotationField, formatPlace, keysOf, within, type Place } from '../../src/outcome/place.ts';

describe('a place is printed', () => {
  it.each<[string, Place]>([
    ['', {}],
    ['spec.containers[0].env[1]', { field: ['spec', 'containers', 0, 'env', 1] }],
    ['metadata.annotations[buildless.dev/runtime]', { field: annotationField('buildless.dev/runtime') }],
    ['[0].a', { field: [0, 'a'] }],
    ['package.json:4:15', { file: 'package.json', line: 4, column: 15 }],
    ['package.json', { file: 'package.json', field: [] }],
    ['profiles.small config.yaml:3:1', { field: ['profiles', 'small'], file: 'config.yaml', line: 3, column: 1 }],
    ['configmap/shop', { object: { kind: 'ConfigMap', name: 'shop' } }],
    ['configmap/shop data[a.js]', { object: { kind: 'ConfigMap', name: 'shop' }, field: ['data', { key: 'a.js' }] }],
    ['Namespace metadata.labels', { object: { kind: 'Namespace' }, field: ['metadata', 'labels'] }],
    ['Namespace shop metadata.labels', { object: { kind: 'Namespace', name: 'shop' }, field: ['metadata', 'labels'] }],
  ])('%s', (text, place) => {
    expect(formatPlace(place)).toBe(text);
  });
});

describe('findings of a part', () => {
  it('have fields from the root of the object, and those of files and other objects stay', () => {
    const elsewhere: readonly Place[] = [
      { file: 'package.json', line: 1 },
      { object: { kind: 'ConfigMap', name: 'shop' }, field: ['data'] },
      {},
    ];
    expect(within(['spec', 'template'], [{ field: ['spec'] }, { field: [] }, ...elsewhere])).toEqual([
      { field: ['spec', 'template', 'spec'] },
      { field: ['spec', 'template'] },
      ...elsewhere,
    ]);
  });
});

it('the keys of a path lead through the value, whatever is in them', () => {
  const key = 'a.b[0]/c d';
  expect(keysOf(['metadata', 'annotations', { key }, 0])).toEqual(['metadata', 'annotations', key, 0]);
});
