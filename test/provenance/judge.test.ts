import { describe, expect, it } from 'vitest';
import { formatFinding } from '../../src/outcome/finding.ts';
import { judgeProvenance } from '../../src/provenance/judge.ts';
import type { LiftedLoss } from '../../src/provenance/policy.ts';
import type { RecordedRelease, Release } from '../../src/release-age/release.ts';

const axios = (version: string, more: Partial<Release> = {}): Release => ({ name: 'axios', version, ...more });
const ATTESTED = { attested: true } as const;
const NONE = { attested: false } as const;
const TRUSTED = { attested: true, publisher: 'trusted:github' } as const;

const found = (
  before: readonly RecordedRelease[],
  after: readonly Release[],
  exceptions: readonly string[] = [],
  language: 'nodejs' | 'python' = 'nodejs',
): readonly string[] => judgeProvenance(after, before, language, { exceptions }).map(formatFinding);

const FIX = (now: string): string =>
  `find out how ${now} was published, then ask the administrator to add it to dependencies.provenanceExceptions [provenance-lost]`;

describe('a new revision', () => {
  it('that takes a version without the provenance that the version before had is a finding with both', () => {
    expect(found([axios('1.14.0', TRUSTED)], [axios('1.14.1', { ...NONE, publisher: 'account' })])).toEqual([
      `no registry shows a provenance attestation of axios 1.14.1; the revision before has axios 1.14.0 with one; keep axios 1.14.0, or ${FIX('axios 1.14.1')}`,
    ]);
  });

  it('that takes a version published with a token, where a trusted publisher did it before, is a finding', () => {
    expect(found([axios('1.14.0', TRUSTED)], [axios('1.14.1', { ...ATTESTED, publisher: 'account' })])).toEqual([
      `axios 1.14.1 was published by an account or token; the revision before has axios 1.14.0, published by the trusted publisher github; keep axios 1.14.0, or ${FIX('axios 1.14.1')}`,
    ]);
  });

  it('that takes the package from elsewhere says why nothing is known of it', () => {
    expect(found([axios('1.14.0', ATTESTED)], [axios('1.14.1', { unknown: 'it comes from a repository' })])).toEqual([
      expect.stringContaining(
        'no registry shows a provenance attestation of axios 1.14.1 (it comes from a repository); the revision before',
      ),
    ]);
  });

  it('is a finding if its registry shows no attestation of the same version any more', () => {
    expect(found([axios('1.14.0', ATTESTED)], [axios('1.14.0')])).toEqual([
      `no registry shows a provenance attestation of axios 1.14.0; the revision before has axios 1.14.0 with one; ${FIX('axios 1.14.0')}`,
    ]);
  });

  it.each<[string, readonly RecordedRelease[], readonly Release[]]>([
    ['a package seen for the first time', [], [axios('1.14.1', NONE)]],
    ['a package that never had it', [axios('1.14.0', NONE)], [axios('1.14.1', NONE)]],
    ['a package of which nothing was known', [axios('1.14.0')], [axios('1.14.1', NONE)]],
    ['a package that has it', [axios('1.14.0', ATTESTED)], [axios('1.14.1', ATTESTED)]],
    ['a package that gains it', [axios('1.14.0', NONE)], [axios('1.14.1', TRUSTED)]],
    ['a package that is gone', [axios('1.14.0', ATTESTED)], []],
    ['another package', [axios('1.14.0', ATTESTED)], [{ name: 'express', version: '5.0.0', ...NONE }]],
    ['a registry that shows no publishers', [axios('1.14.0', TRUSTED)], [axios('1.14.1', ATTESTED)]],
    [
      'a version that was without it next to one with it',
      [axios('0.30.0', NONE), axios('1.14.0', ATTESTED)],
      [axios('0.30.0', NONE), axios('1.14.0', ATTESTED)],
    ],
  ])('is no finding for %s', (_, before, after) => {
    expect(found(before, after)).toEqual([]);
  });

  it('is compared with the best of several versions of a package', () => {
    expect(found([axios('0.30.0', NONE), axios('1.14.0', ATTESTED)], [axios('1.14.1', NONE)])).toHaveLength(1);
  });

  it('may take a package that somebody answers for, until that day', () => {
    const [before, after] = [[axios('1.14.0', ATTESTED)], [axios('1.14.1', NONE)]];
    const by = (lifted: readonly LiftedLoss[]): readonly string[] =>
      judgeProvenance(after, before, 'nodejs', { exceptions: [], lifted }).map(({ problem }) => problem);
    expect(by([{ package: 'axios' }])).toEqual([]);
    expect(by([{ package: 'axios', ended: '2027-01-31' }, { package: 'axios' }])).toEqual([]);
    expect(by([{ package: 'express' }])).toHaveLength(1);
    expect(by([{ package: 'axios', ended: '2027-01-31' }])).toEqual([
      expect.stringMatching(/with one \(an exception for it ended on 2027-01-31\)$/),
    ]);
  });

  it('may take excepted packages, whose names are compared as the language does', () => {
    const before = [axios('1.14.0', ATTESTED)];
    expect(found(before, [axios('1.14.1', NONE)], ['axios'])).toEqual([]);
    expect(found(before, [axios('1.14.1', NONE)], ['ax*'])).toEqual([]);
    expect(found(before, [axios('1.14.1', NONE)], ['Axios'])).toHaveLength(1);
    expect(found(before, [axios('1.14.1', NONE)], ['Axios'], 'python')).toEqual([]);
  });
});
