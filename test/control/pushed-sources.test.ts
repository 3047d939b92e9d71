import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HolderIndex } from '../../src/control/holder-index.ts';
import { PushedSources } from '../../src/control/pushed-sources.ts';
import { ANNOTATIONS } from '../../src/function/keys.ts';
import { repositoryOf } from '../../src/push/repository.ts';
import type { Pushed } from '../../src/push/pushed.ts';
import { workload } from './workload.ts';

const SHOP = 'https://git.example/acme/shop.git';
const pushed = (...refs: readonly string[]): Pushed => ({
  repositories: new Set([repositoryOf(SHOP) ?? '']),
  refs: new Set(refs),
});

describe('a push', () => {
  let looked: string[];
  let told: number;
  let index: HolderIndex;
  let pushes: PushedSources;
  const follow = (name: string, source: string): void => {
    const { template, ...rest } = workload();
    const annotations = { ...template.metadata?.annotations, [ANNOTATIONS.source]: source };
    index.change(undefined, {
      ...rest,
      name,
      template: { ...template, metadata: { ...template.metadata, annotations } },
    });
  };
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    [looked, told, index] = [[], 0, new HolderIndex()];
    const git = { pushed: () => (told += 1) };
    pushes = new PushedSources({ index, git, look: (group) => looked.push(group) });
    follow('pay', `git+${SHOP}?ref=main&dir=pay`);
    follow('ship', `git+${SHOP}?ref=main&dir=ship`);
    follow('old', `git+${SHOP}?ref=v1`);
    follow('other', 'git+https://git.example/acme/other.git?ref=main');
    follow('plain', 'configmap:plain');
  });
  afterEach(() => {
    pushes.stop();
    vi.useRealTimers();
  });

  it('is about the workloads that follow the branch, whatever their folder', () => {
    expect(pushes.look(pushed('main'))).toBe(2);
    expect([looked.length, told]).toEqual([2, 2]);
    expect(looked.every((group) => group.includes('ref=main'))).toBe(true);
  });

  it('is looked up together with a hundred more within a second: once now, once at the end', () => {
    for (let sent = 0; sent < 100; sent += 1) expect(pushes.look(pushed('main'))).toBe(2);
    expect(told).toBe(2);
    vi.advanceTimersByTime(1000);
    expect(told).toBe(4);
    vi.advanceTimersByTime(10_000);
    expect(told).toBe(4);
  });

  it('of another branch waits for nobody', () => {
    pushes.look(pushed('main'));
    expect(pushes.look(pushed('v1'))).toBe(1);
    expect(told).toBe(3);
  });

  it('is looked up at once for a workload that nobody followed before', () => {
    expect(pushes.look(pushed('new'))).toBe(0);
    follow('late', `git+${SHOP}?ref=new`);
    expect(pushes.look(pushed('new'))).toBe(1);
  });

  it('is about nobody when the last workload has gone', () => {
    for (const holder of index.workloadsIn('shop')) index.change(holder, undefined);
    expect(pushes.look(pushed('main'))).toBe(0);
  });
});
