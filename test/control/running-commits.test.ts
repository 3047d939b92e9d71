import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createOfflineJudge, TooBusy, type SourceJudge } from '../../src/admission/judgement.ts';
import { DEFAULT_CONFIGURATION } from '../../src/config/defaults.ts';
import { LATER, RunningCommits } from '../../src/control/running-commits.ts';
import type { GitSources } from '../../src/control/git-sources.ts';
import { tableOfConfigured } from '../../src/denied/inline.ts';
import { joinTables } from '../../src/denied/list.ts';
import { digestOf, type SourceFiles } from '../../src/function/files.ts';
import type { GitReference } from '../../src/function/source.ts';
import { workload } from './workload.ts';

const MINUTE = 60_000;
const HELLO = workload();
const SHOP: GitReference = { type: 'git', url: 'https://git.example/shop.git', ref: 'main' };
const COMMIT = '1'.repeat(40);
const LIST = joinTables([tableOfConfigured({ nodejs: [{ name: 'left', versions: '1.0.0', reason: 'steals' }] })]);
const AWAY = { problem: 'the remote does not answer', fix: 'wait', details: [], temporary: true } as const;

const filesOf = (manifest: object): SourceFiles => new Map([['package.json', Buffer.from(JSON.stringify(manifest))]]);

interface Situation {
  readonly commits: RunningCommits;
  readonly asked: () => number;
  readonly known: string[];
  readonly look: () => ReturnType<RunningCommits['of']>;
}

/** @param files of the commit; undefined if the remote is away */
function situation(files: SourceFiles | undefined, judge: SourceJudge = createOfflineJudge()): Situation {
  let asked = 0;
  const known: string[] = [];
  const fetch: GitSources['fetch'] = () => {
    asked += 1;
    return Promise.resolve(files === undefined ? AWAY : { type: 'files', files, digest: digestOf(files) });
  };
  const commits = new RunningCommits({
    git: { fetch },
    judge,
    configuration: () => DEFAULT_CONFIGURATION,
    known: (namespace) => known.push(namespace),
  });
  return { commits, asked: () => asked, known, look: () => commits.of(HELLO, SHOP, COMMIT, 'nodejs') };
}
const settled = (): Promise<unknown> => vi.advanceTimersByTimeAsync(10);

describe('the packages of a commit that runs', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('are read once, and it is told when they are known', async () => {
    const { look, asked, known, commits } = situation(filesOf({ dependencies: { left: '1.0.0' } }));
    expect([look(), look()]).toEqual([LATER, LATER]);
    await vi.waitFor(() => {
      expect(known).toEqual(['shop']);
    });
    const contents = look();
    if (contents === undefined || contents === LATER) throw new Error('not read');
    expect(LIST.search(contents)).toMatchObject([{ name: 'left', version: '1.0.0' }]);
    await vi.advanceTimersByTimeAsync(60 * MINUTE);
    look();
    expect(asked()).toBe(1);
    await commits.stop();
  });

  it('are nothing, and not read again, if the commit has no dependencies', async () => {
    const { look, asked, known } = situation(filesOf({}));
    look();
    await vi.waitFor(() => {
      expect(known).toHaveLength(1);
    });
    expect([look(), asked()]).toEqual([undefined, 1]);
  });

  it('are asked for again after ten minutes, not before, if the remote is away', async () => {
    const { look, asked } = situation(undefined);
    look();
    await settled();
    for (let minutes = 0; minutes < 9; minutes += 1) {
      expect(look()).toBe(LATER);
      await vi.advanceTimersByTimeAsync(MINUTE);
    }
    expect(asked()).toBe(1);
    await vi.advanceTimersByTimeAsync(2 * MINUTE);
    look();
    await settled();
    expect(asked()).toBe(2);
  });

  it('are judged again half a minute later if the judge is too busy', async () => {
    const busy = new TooBusy('other namespaces are judged');
    const { look, asked } = situation(filesOf({}), () => Promise.resolve(busy));
    look();
    await settled();
    look();
    await settled();
    expect(asked()).toBe(1);
    await vi.advanceTimersByTimeAsync(31_000);
    look();
    await settled();
    expect(asked()).toBe(2);
  });
});
