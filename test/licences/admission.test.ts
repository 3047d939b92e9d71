import { describe, expect, it } from 'vitest';
import { afterComparison } from '../../src/admission/unknown-licences.ts';
import { createOfflineJudge, judge, basisOf } from '../../src/admission/judgement.ts';
import { judgeLicences } from '../../src/admission/licences.ts';
import { createValidate } from '../../src/admission/validate.ts';
import type { RevisionLock } from '../../src/admission/run-source.ts';
import type { Configuration } from '../../src/config/configuration.ts';
import { DEFAULT_CONFIGURATION } from '../../src/config/defaults.ts';
import type { Exception } from '../../src/exceptions/exception.ts';
import { Exceptions } from '../../src/exceptions/exceptions.ts';
import type { Language } from '../../src/function/languages.ts';
import { licencePolicy, type LicenceSettings } from '../../src/licences/policy.ts';
import { contextWith, replica, requestFor, sourceOf } from '../admission/review-of.ts';

const HASH = `sha512-${'A'.repeat(86)}==`;
const npmFiles = (entries: Readonly<Record<string, object>>, more: object = {}): Record<string, string> => ({
  'handler.js': 'exports.main = () => 1;',
  'package.json': JSON.stringify({ dependencies: { shop: '1.0.0' }, ...more }),
  'package-lock.json': JSON.stringify({
    lockfileVersion: 3,
    packages: {
      '': { dependencies: { shop: '1.0.0' }, ...more },
      'node_modules/shop': { version: '1.0.0', integrity: HASH, dependencies: { left: '^1.0.0' }, license: 'MIT' },
      ...Object.fromEntries(
        Object.entries(entries).map(([name, entry]) => [
          `node_modules/${name}`,
          { version: '1.0.0', integrity: HASH, ...entry },
        ]),
      ),
    },
  }),
});

const settings = (more: Partial<LicenceSettings> = {}): LicenceSettings => ({
  allowed: [],
  refused: ['GPL-3.0-only'],
  unknown: 'refuse',
  exceptions: [],
  ...more,
});
const policyOf = (more: Partial<LicenceSettings> = {}) => licencePolicy(settings(more));
const factsOf = (texts: Readonly<Record<string, string>>, language: Language = 'nodejs') => {
  const files = new Map(Object.entries(texts).map(([file, text]) => [file, Buffer.from(text)]));
  return judge(files, basisOf(DEFAULT_CONFIGURATION, language));
};
const outcome = (texts: Record<string, string>, more: Partial<LicenceSettings> = {}, language: Language = 'nodejs') => {
  const { refused, warned } = judgeLicences(factsOf(texts, language), 'off', policyOf(more));
  return [...refused.map(({ code }) => code), ...warned.map(({ code }) => `warned: ${code}`)];
};

describe('the licences of a lock', () => {
  it.each<[string, Record<string, string>, Partial<LicenceSettings>, readonly string[]]>([
    ['of packages that nobody names', npmFiles({ left: { license: 'GPL-3.0-only' } }), {}, ['licence-refused']],
    ['with a choice', npmFiles({ left: { license: '(MIT OR GPL-3.0-only)' } }), {}, []],
    ['with an exception', npmFiles({ left: { license: 'GPL-3.0-only' } }), { exceptions: ['le*'] }, []],
    ['without the field', npmFiles({ left: {} }), {}, ['licence-unknown']],
    ['without the field, allowed', npmFiles({ left: {} }), { unknown: 'allow' }, []],
    ['without the field, with a warning', npmFiles({ left: {} }), { unknown: 'warn' }, ['warned: licence-unknown']],
    ['in a list of the lock', npmFiles({ left: { license: ['MIT'] } }), {}, ['licence-unknown']],
    [
      'cut off where it would be another one',
      npmFiles({ left: { license: `MIT${' AND MIT'.repeat(60)} AND GPL-3.0-only` } }),
      {},
      ['licence-unknown'],
    ],
    [
      'for development',
      npmFiles(
        { left: { license: 'MIT' }, test: { license: 'GPL-3.0-only', dev: true } },
        { devDependencies: { test: '1.0.0' } },
      ),
      {},
      [],
    ],
    ['that are not there', { 'package.json': '{"dependencies":{"left":"1.0.0"}}' }, {}, ['licence-unknown']],
    ['of nothing', { 'package.json': '{}' }, {}, []],
  ])('%s', (_, texts, more, expected) => {
    expect(outcome(texts, more)).toEqual(expected);
  });

  it('of Python are unknown, as no lock has them', () => {
    const texts = { 'requirements.txt': `left==1.0 --hash=sha256:${'a'.repeat(64)}\n` };
    expect(outcome(texts, {}, 'python')).toEqual(['licence-unknown']);
    expect(outcome(texts, { unknown: 'allow' }, 'python')).toEqual([]);
  });

  it('are refused as a whole if they are more than anybody needs', () => {
    const many = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`p${index}`, { license: `LicenseRef-${index}` }]),
    );
    const { refused } = judgeLicences(factsOf(npmFiles(many)), 'off', policyOf({ unknown: 'allow' }));
    expect(refused.map(({ problem }) => problem)).toEqual([
      'the packages declare more than 200 different licences, and no more are read',
    ]);
  });

  it('have the package, its place and the path by which it came', () => {
    const { refused } = judgeLicences(factsOf(npmFiles({ left: { license: 'GPL-3.0-only' } })), 'off', policyOf());
    expect(refused).toMatchObject([{ package: 'left', version: '1.0.0', file: 'package.json' }]);
    expect(refused[0]?.problem).toContain('it comes with package.json > shop@1.0.0 > left@1.0.0');
  });
});

const configurationWith = (locks: 'author' | 'cluster', more: Partial<LicenceSettings> = {}): Configuration => ({
  ...DEFAULT_CONFIGURATION,
  revisions: { ...DEFAULT_CONFIGURATION.revisions, locks },
  dependencies: { ...DEFAULT_CONFIGURATION.dependencies, exemptNamespaces: ['sandbox'], licences: settings(more) },
});
const configMap = (data: Record<string, string>): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'hello', labels: { 'buildless.dev/function': 'hello' } },
  data,
});
const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'hello' },
  spec: { template: { metadata: replica.metadata, spec: replica.spec } },
};
const kindOf = (group: string, kind: string) => ({ kind: { group, version: 'v1', kind } });
const OFF = Object.fromEntries(
  ['enforce', 'warn', 'audit'].map((mode) => [`buildless.dev/dependencies-${mode}`, 'off']),
);

describe('a review', () => {
  const GPL = npmFiles({ left: { license: 'GPL-3.0-only' } });
  const BARE = npmFiles({ left: {} });
  const REQUESTS: Readonly<Record<string, (data: Record<string, string>) => ReturnType<typeof requestFor>>> = {
    Pod: () => requestFor(replica),
    Deployment: () => requestFor(deployment, kindOf('apps', 'Deployment')),
    ConfigMap: (data) => requestFor(configMap(data), kindOf('', 'ConfigMap')),
  };
  const review = async (
    kind: string,
    data: Record<string, string>,
    configuration: Configuration,
    namespace = 'shop',
    exceptions: readonly Exception[] = [],
    today = '2027-01-31',
  ) => {
    const inForce = new Exceptions(exceptions, today);
    const context = {
      ...contextWith({ source: sourceOf(data), labels: OFF, configuration, judge: createOfflineJudge() }),
      exceptions: () => inForce,
    };
    const request = REQUESTS[kind]?.(data) ?? requestFor(replica);
    const { response, codes } = await createValidate(context)({ ...request, namespace });
    return { codes, warnings: response.warnings ?? [] };
  };

  it.each(Object.keys(REQUESTS))('of a %s refuses a refused licence at every level', async (kind) => {
    for (const locks of ['author', 'cluster'] as const)
      expect((await review(kind, GPL, configurationWith(locks))).codes).toContain('licence-refused');
    expect((await review(kind, GPL, DEFAULT_CONFIGURATION)).codes).not.toContain('licence-refused');
    expect((await review(kind, GPL, configurationWith('author'), 'sandbox')).codes).not.toContain('licence-refused');
  });

  it.each(Object.keys(REQUESTS))(
    'of a %s leaves an unknown licence to the controller, if there is one',
    async (kind) => {
      expect((await review(kind, BARE, configurationWith('author'))).codes).toContain('licence-unknown');
      expect((await review(kind, BARE, configurationWith('cluster'))).codes).not.toContain('licence-unknown');
    },
  );

  it.each(Object.keys(REQUESTS))(
    'of a %s admits what an exception of the Function is for, until its day',
    async (kind) => {
      const exception: Exception = {
        namespace: 'shop',
        function: 'hello',
        package: 'left',
        code: 'licence-refused',
        reason: 'TICKET-12',
        until: '2027-01-31',
      };
      const on = (today: string, function_ = 'hello') =>
        review(kind, GPL, configurationWith('author'), 'shop', [{ ...exception, function: function_ }], today);
      expect((await on('2027-01-31')).codes).not.toContain('licence-refused');
      expect((await on('2027-02-01')).codes).toContain('licence-refused');
      expect((await on('2027-01-31', 'cart')).codes).toContain('licence-refused');
    },
  );

  it('of a ConfigMap warns of an unknown licence', async () => {
    const { codes, warnings } = await review('ConfigMap', BARE, configurationWith('author', { unknown: 'warn' }));
    expect(codes).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining('[licence-unknown]')]);
  });
});

describe('a Pod with a package of unknown licence', () => {
  const finding = { code: 'licence-unknown', problem: 'the licence of left is not known', fix: 'use another' } as const;
  const verdict = { enforced: [finding], warned: [], audited: [], unchecked: [] };
  const after = (state: RevisionLock['state'], more: { isCompared?: boolean; isReplaced?: boolean } = {}): string => {
    const files = new Map<string, Uint8Array>();
    const reason = { problem: '', fix: '', details: [] };
    const LOCKS: Readonly<Record<RevisionLock['state'], RevisionLock>> = {
      none: { state: 'none' },
      merged: { state: 'merged', files, digest: '' },
      alone: { state: 'alone', files, digest: '' },
      awaited: { state: 'awaited' },
      failed: { state: 'failed', reason: { kind: 'none', ...reason } },
      checked: { state: 'checked' },
      refused: { state: 'refused', reason: { kind: 'refused', ...reason } },
      absent: { state: 'absent' },
    };
    const { enforced, unchecked } = afterComparison(verdict, {
      lock: LOCKS[state],
      isCompared: true,
      isReplaced: true,
      ...more,
    });
    return enforced.length > 0 ? 'refused' : (unchecked ?? []).length > 0 ? 'warned' : 'passes';
  };

  it.each(['merged', 'awaited', 'checked', 'refused'] as const)('%s: the controller has looked it up', (state) => {
    expect(after(state)).toBe('passes');
  });

  it('of a revision from before the rule runs, with a warning; without a workload or a controller it is refused', () => {
    expect(after('none')).toBe('warned');
    expect(after('failed')).toBe('warned');
    expect(after('none', { isReplaced: false })).toBe('refused');
    expect(after('none', { isCompared: false })).toBe('refused');
    expect(after('absent')).toBe('refused');
  });
});
