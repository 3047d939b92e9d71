import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GitSources } from '../../src/control/git-sources.ts';
import { Secrets } from '../../src/control/secrets.ts';
import type { ApiServer } from '../../src/api-server/api-server.ts';
import type { GitReference } from '../../src/function/source.ts';
import type { Failure, Resolver } from '../../src/resolve/resolver.ts';
import { workload } from './workload.ts';

const MINUTE = 60_000;
const HELLO = workload();
const MAIN: GitReference = { type: 'git', url: 'https://git.example/shop.git', ref: 'main' };
const [ONE, TWO] = ['1', '2'].map((digit) => digit.repeat(40)) as [string, string];

/** A remote that answers when it is told to. */
class Remote {
  asked = 0;
  answer: (answer: { commit: string } | Failure) => void = () => undefined;
  private readonly unused = (): never => {
    throw new Error('only commits are asked for');
  };
  readonly sources = new GitSources({
    resolver: {
      lock: this.unused,
      files: this.unused,
      commit: () => {
        this.asked += 1;
        return new Promise((resolve) => (this.answer = resolve));
      },
    } satisfies Pick<Resolver, 'lock' | 'files' | 'commit'> as Partial<Resolver> as Resolver,
    secrets: new Secrets({} as ApiServer),
    configuration: () => ({ git: { intervalSeconds: 3600 } }),
  });

  /** @returns the commit that is known now */
  look(): string | undefined {
    const known = this.sources.known(HELLO, MAIN, () => undefined);
    return known.type === 'known' && known.state.code.type === 'commit' ? known.state.code.commit : undefined;
  }

  async found(commit: string): Promise<void> {
    this.answer({ commit });
    await vi.advanceTimersByTimeAsync(0);
  }

  get due(): number {
    return this.sources.due(HELLO, MAIN) ?? NaN;
  }
}

describe('a branch of which a push is told', () => {
  let remote: Remote;
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    remote = new Remote();
    remote.look();
    await remote.found(ONE);
    expect(remote.look()).toBe(ONE);
    expect(remote.due).toBeGreaterThan(50 * MINUTE);
  });
  afterEach(async () => {
    await remote.sources.stop();
    vi.useRealTimers();
  });

  it('is looked up at the next look, and then at its interval again', async () => {
    remote.sources.pushed(HELLO, MAIN);
    expect(remote.due).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    remote.look();
    await remote.found(TWO);
    expect(remote.look()).toBe(TWO);
    expect([remote.asked, remote.due > 50 * MINUTE]).toEqual([2, true]);
  });

  it('is looked up once more if the push came while the remote was asked: its answer may be from before', async () => {
    remote.sources.pushed(HELLO, MAIN);
    await vi.advanceTimersByTimeAsync(1);
    remote.look();
    await vi.advanceTimersByTimeAsync(1);
    remote.sources.pushed(HELLO, MAIN);
    await remote.found(TWO);
    expect(remote.due).toBe(0);
    remote.look();
    expect(remote.asked).toBe(3);
    await remote.found(TWO);
  });

  it('is looked up once more, soon, if the remote does not know the push yet', async () => {
    remote.sources.pushed(HELLO, MAIN);
    await vi.advanceTimersByTimeAsync(1);
    remote.look();
    await remote.found(ONE);
    expect(remote.due).toBeLessThanOrEqual(11_000);
    await vi.advanceTimersByTimeAsync(11_000);
    remote.look();
    await remote.found(ONE);
    expect(remote.due).toBeGreaterThan(50 * MINUTE);
  });

  it('is looked up once for all folders of it', async () => {
    const folder: GitReference = { ...MAIN, directory: 'functions/pay' };
    let again = 0;
    remote.sources.pushed(HELLO, MAIN);
    remote.sources.pushed(HELLO, folder);
    await vi.advanceTimersByTimeAsync(1);
    remote.look();
    remote.sources.known(HELLO, folder, () => (again += 1));
    expect(remote.asked).toBe(2);
    await remote.found(TWO);
    expect([remote.look(), again]).toEqual([TWO, 1]);
    expect(remote.sources.known(HELLO, folder, () => undefined)).toMatchObject({ state: { code: { commit: TWO } } });
    expect(remote.asked).toBe(2);
  });

  it('is not looked at again and again while the remote is asked: the answer calls', async () => {
    remote.sources.pushed(HELLO, MAIN);
    await vi.advanceTimersByTimeAsync(1);
    remote.look();
    expect(remote.due).toBeNaN();
    await remote.found(TWO);
    expect(remote.due).toBeGreaterThan(50 * MINUTE);
  });
});
