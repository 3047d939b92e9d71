import { describe, expect, it } from 'vitest';
import { MixedRevisions } from '../../src/control/mixed-revisions.ts';
import type { RunningPod } from '../../src/control/pod.ts';

const MINUTE = 60_000;

const pod = (workload: string, stampText: string): RunningPod => ({
  namespace: 'shop',
  uid: `${workload} ${stampText}`,
  owner: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: workload, uid: workload },
  stampText,
  names: [],
  isReady: true,
  holder: undefined,
});
const rootOf = ({ owner }: RunningPod): string | undefined => owner?.uid;

describe('Functions that run more than one revision', () => {
  it('are counted when that has lasted for over 15 minutes, each by itself', () => {
    const mixed = new MixedRevisions();
    const pods = [pod('hello', 'one'), pod('hello', 'two'), pod('orders', 'one'), pod('orders', 'one')];
    mixed.look(pods, rootOf, 0);
    mixed.look([...pods, pod('orders', '')], rootOf, 10 * MINUTE);
    expect(mixed.count(15 * MINUTE)).toBe(0);
    expect(mixed.count(15 * MINUTE + 1)).toBe(1);
    expect(mixed.count(25 * MINUTE + 1)).toBe(2);
  });

  it('are not counted any more as soon as they run one, and begin from the start if it happens again', () => {
    const mixed = new MixedRevisions();
    mixed.look([pod('hello', 'one'), pod('hello', 'two')], rootOf, 0);
    mixed.look([pod('hello', 'two')], rootOf, 14 * MINUTE);
    mixed.look([pod('hello', 'two'), pod('hello', 'three')], rootOf, 15 * MINUTE);
    expect(mixed.count(20 * MINUTE)).toBe(0);
    expect(mixed.count(30 * MINUTE + 1)).toBe(1);
  });

  it('are no Jobs, whose runs may differ', () => {
    const mixed = new MixedRevisions();
    mixed.look([pod('job', 'one'), pod('job', 'two')], () => undefined, 0);
    expect(mixed.count(60 * MINUTE)).toBe(0);
  });
});
