import { applyPatch } from 'fast-json-patch';
import { describe, expect, it } from 'vitest';
import { stampPatch } from '../../src/control/patch.ts';
import { FOLLOWED_LABEL, REVISION_ANNOTATION } from '../../src/function/keys.ts';
import { kindNamed, workload } from './workload.ts';

const FOLLOWED = 'f'.repeat(32);
const changes = (...args: Parameters<typeof stampPatch>): readonly unknown[] =>
  stampPatch(...args)
    .filter(({ op }) => op === 'add')
    .map(({ path, value }) => [path, value]);

describe('the patch of a workload', () => {
  it('changes the stamp of the template and what the workload follows, and nothing else', () => {
    expect(changes(workload(), FOLLOWED, 'files:hello-0123456789')).toEqual([
      ['/metadata/labels/buildless.dev~1followed', FOLLOWED],
      ['/spec/template/metadata/annotations/buildless.dev~1revision', 'files:hello-0123456789'],
    ]);
    expect(changes(workload({ kind: kindNamed('CronJob') }), FOLLOWED, 'files:hello-0123456789')[1]).toEqual([
      '/spec/jobTemplate/spec/template/metadata/annotations/buildless.dev~1revision',
      'files:hello-0123456789',
    ]);
  });

  it('leaves the template alone if the stamp is the same', () => {
    expect(changes(workload({ stampText: 'files:hello-0123456789' }), FOLLOWED, 'files:hello-0123456789')).toHaveLength(
      1,
    );
    expect(changes(workload(), FOLLOWED, undefined)).toHaveLength(1);
  });

  it('makes the labels of a workload that has none', () => {
    expect(changes(workload({ hasLabels: false }), FOLLOWED, undefined)).toEqual([
      ['/metadata/labels', { [FOLLOWED_LABEL]: FOLLOWED }],
    ]);
  });

  it('fails on a workload that is not as it was when this was decided', () => {
    const object = (stamp: string) => ({
      metadata: { uid: 'uid-of-hello', labels: { [FOLLOWED_LABEL]: 'a' } },
      spec: {
        template: { metadata: { annotations: { 'buildless.dev/runtime': 'nodejs22', [REVISION_ANNOTATION]: stamp } } },
      },
    });
    // An API server takes a test for null if nothing is there; this library does not.
    const patch = stampPatch(workload({ followed: 'a', stampText: 'old' }), FOLLOWED, 'new').filter(
      ({ value }) => value !== null,
    );
    const apply = (stamp: string) => () => applyPatch(object(stamp), structuredClone([...patch]) as never, true);
    expect(apply('old')).not.toThrow();
    expect(apply('undone')).toThrow();
  });
});
