import { describe, expect, it } from 'vitest';
import { parsePod } from '../../src/function/pod-shape.ts';
import { formatPlace } from '../../src/outcome/place.ts';

function placesIn(pod: unknown): readonly string[] {
  const parsed = parsePod(pod);
  return 'findings' in parsed ? parsed.findings.map(formatPlace) : [];
}

describe('what is not shaped like a Pod', () => {
  it.each<[string, unknown]>([
    ['', []],
    ['spec', { spec: 1 }],
    ['spec.containers', { spec: {} }],
    ['spec.containers[1].name', { spec: { containers: [{ name: 'a' }, {}] } }],
    ['spec.containers[0].env[1].name', { spec: { containers: [{ name: 'a', env: [{ name: 'A' }, { name: 1 }] }] } }],
    ['metadata.labels[a.example/b]', { metadata: { labels: { 'a.example/a': '', 'a.example/b': 1 } } }],
    [
      'spec.containers[0].resources.limits[cpu]',
      { spec: { containers: [{ name: 'a', resources: { limits: { cpu: {} } } }] } },
    ],
  ])('is refused at %s', (place, pod) => {
    expect(placesIn(pod)).toEqual([place]);
  });

  it('gives a bounded number of findings', () => {
    expect(placesIn({ spec: { containers: Array(100_000).fill(1) } })).toHaveLength(1000);
  });

  it('is the very same Pod if nothing is null but what nobody reads, as in every Pod of a controller', () => {
    const pod = { metadata: { creationTimestamp: null, ownerReferences: [{ controller: null }] }, status: { a: null } };
    const parsed = parsePod(pod);
    expect('pod' in parsed && parsed.pod).toBe(pod);
    expect(parsePod({ metadata: { ...pod.metadata, labels: { creationTimestamp: null } } })).toEqual({
      pod: { metadata: { ...pod.metadata, labels: {} } },
    });
  });
});
