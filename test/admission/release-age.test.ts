import { describe, expect, it } from 'vitest';
import { judgeAge, type AgeQuestion } from '../../src/admission/release-age.ts';
import { DEFAULT_CONFIGURATION } from '../../src/config/defaults.ts';
import { UNKNOWN_COMMIT } from '../../src/function/stamp.ts';
import { formatFinding } from '../../src/outcome/finding.ts';

const runtime = DEFAULT_CONFIGURATION.runtimes.nodejs22;
if (runtime === undefined) throw new Error('nodejs22 is in the defaults');
const files = new Map([['package.json', Buffer.from('{"dependencies":{"axios":"1.14.1"}}')]]);
const stamp = { code: { type: 'files', names: ['hello-3fa9c1d204'] } } as const;
const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'hello-1', uid: '1' };
const OWNED = { metadata: { ownerReferences: [owner] } };

const question = (more: Partial<AgeQuestion> = {}): AgeQuestion => ({
  definition: { runtime, stamp },
  source: { type: 'files', files, digest: 'sha256:1', labelled: true, parts: [], refresh: 0 },
  lock: { state: 'none' },
  rules: { age: { seconds: 604_800, exceptions: [], unknown: 'refuse' } },
  isDenying: false,
  isInCluster: true,
  ...more,
});
const outcome = (more: Partial<AgeQuestion> = {}, pod: Parameters<typeof judgeAge>[0] = OWNED): string => {
  const { refused, warned } = judgeAge(pod, question(more));
  return [
    ...refused.map((each) => `refused: ${formatFinding(each)}`),
    ...warned.map(({ code }) => `warned: ${code}`),
  ].join();
};
/** Of Git: admission does not see its files. */
const OPAQUE = { type: 'opaque' } as const;
const UNSTAMPED = { definition: { runtime } };

describe('a Pod under a minimum release age', () => {
  it.each(['merged', 'awaited', 'checked'] as const)(
    'passes with a lock that is %s: the controller compares it',
    (state) => {
      const lock = state === 'merged' ? { state, files, digest: 'sha256:2' } : { state };
      expect(outcome({ lock })).toBe('');
    },
  );

  it('is refused with the findings of the controller, whatever the age is by now', () => {
    const reason = {
      kind: 'refused',
      problem: 'the minimum release age refuses the dependencies of this revision',
      fix: 'wait',
      details: ['axios 1.14.1 was published at 2026-03-31T00:21:01Z'],
    } as const;
    const refusal = 'refused: axios 1.14.1 was published at 2026-03-31T00:21:01Z; wait [release-too-young]';
    expect(outcome({ lock: { state: 'refused', reason } })).toBe(refusal);
    expect(outcome({ lock: { state: 'refused', reason }, rules: undefined })).toBe(refusal);
  });

  it('is refused while its verdict is missing and no controller writes it', () => {
    expect(outcome({ lock: { state: 'absent' } })).toBe(
      'refused: nobody has compared its dependencies with the minimum release age of 7d: the verdict on its revision is missing; see that the controller runs (kubectl buildless doctor) [release-age-unchecked]',
    );
    expect(outcome({ lock: { state: 'absent' }, rules: undefined })).toBe('');
  });

  it('is refused by the code of its refusal, if that says one', () => {
    const reason = { kind: 'refused', code: 'provenance-lost', problem: 'lost', fix: 'keep it', details: [] } as const;
    expect(outcome({ lock: { state: 'refused', reason } })).toBe('refused: lost; keep it [provenance-lost]');
  });

  it('is refused while its verdict is missing if a loss of provenance is refused, and not if that only warns', () => {
    const lost = (mode: 'warn' | 'refuse'): string =>
      outcome({ lock: { state: 'absent' }, rules: { provenance: { lost: mode, exceptions: [] } } });
    expect(lost('refuse')).toBe(
      'refused: nobody has compared the provenance of its packages with the revision before: the verdict on its revision is missing; see that the controller runs (kubectl buildless doctor) [provenance-unchecked]',
    );
    expect(lost('warn')).toBe('');
    expect(outcome({ ...UNSTAMPED, rules: { provenance: { lost: 'refuse', exceptions: [] } } }, {})).toBe('');
  });

  it('of a branch that the controller has not looked up is refused, whatever the rules are', () => {
    const code = { type: 'commit', commit: UNKNOWN_COMMIT } as const;
    const found = outcome({ definition: { runtime, stamp: { code } }, source: OPAQUE, rules: undefined });
    expect(found).toMatch(/^refused: nobody has compared its dependencies: the controller has not rolled out a commit/);
  });

  it('of a commit whose verdict nobody writes is refused while anything is denied', () => {
    const missing = { source: OPAQUE, lock: { state: 'absent' }, rules: undefined } as const;
    expect(outcome({ ...missing, isDenying: true })).toMatch(/^refused: nobody has compared its commit/);
    expect(outcome(missing)).toBe('');
  });

  it('without a workload is refused, as it never has a revision', () => {
    expect(outcome(UNSTAMPED, {})).toContain('refused: nobody has compared');
  });

  it('of a workload from before the rule runs on, with a warning', () => {
    expect(outcome()).toBe('warned: release-age-unchecked');
    expect(outcome(UNSTAMPED)).toBe('warned: release-age-unchecked');
  });

  it('without dependencies passes, and so does one outside of a cluster', () => {
    const source = { ...question().source, files: new Map() } as AgeQuestion['source'];
    expect(outcome({ ...UNSTAMPED, source }, {})).toBe('');
    expect(outcome({ ...UNSTAMPED, isInCluster: false }, {})).toBe('');
  });
});
