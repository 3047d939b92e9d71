import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIGURATION } from '../../src/config/defaults.ts';
import { isOptedIn, LabelsUnreachable, namespaceFacts } from '../../src/namespace/namespace.ts';

const DEFAULTS = DEFAULT_CONFIGURATION.dependencies;
const ENFORCE = 'buildless.dev/dependencies-enforce';

describe('a namespace', () => {
  it.each([
    [{ 'buildless.dev/functions': 'enabled' }, true],
    [{ 'buildless.dev/functions': 'only' }, true],
    [{ 'buildless.dev/functions': 'disabled' }, false],
    [{}, false],
  ])('has opted in by its label alone: %j', (labels, expected) => {
    expect(isOptedIn(labels)).toBe(expected);
  });

  it('whose labels are not known admits nothing', () => {
    const facts = namespaceFacts('shop', new LabelsUnreachable('no answer within 2 s'), DEFAULTS);
    expect(facts.enabled).toBe(false);
    expect(facts.findings).toMatchObject([{ code: 'namespace-unreachable', object: { name: 'shop' } }]);
  });
});

describe('the levels of a namespace', () => {
  const levelsOf = (labels: Readonly<Record<string, string>>, defaults = DEFAULTS): object => {
    const { levels, warnings } = namespaceFacts('shop', labels, defaults);
    return { enforce: levels.enforce, warnings: warnings.map(({ code }) => code) };
  };

  it('are those of the configuration, unless a label has another', () => {
    expect(levelsOf({})).toEqual({ enforce: DEFAULTS.enforce, warnings: [] });
    expect(levelsOf({ [ENFORCE]: 'locked' })).toEqual({ enforce: 'locked', warnings: [] });
  });

  it('are the strictest for a label that is not a level', () => {
    expect(levelsOf({ [ENFORCE]: 'loked' })).toEqual({ enforce: 'locked', warnings: ['unknown-policy-level'] });
  });

  it('are not looser than the floor', () => {
    const floor = { ...DEFAULTS, floor: 'exact' as const };
    expect(levelsOf({ [ENFORCE]: 'off' }, floor)).toEqual({ enforce: 'exact', warnings: ['policy-floor'] });
    expect(levelsOf({ [ENFORCE]: 'locked' }, floor)).toEqual({ enforce: 'locked', warnings: [] });
  });

  it('judge nothing in an exempt namespace, whatever the floor', () => {
    const exempt = { ...DEFAULTS, floor: 'locked' as const, exemptNamespaces: ['shop'] };
    expect(levelsOf({ [ENFORCE]: 'locked' }, exempt)).toEqual({ enforce: 'off', warnings: [] });
  });
});

describe('the release age of a namespace', () => {
  const AGE = 'buildless.dev/minimum-release-age';
  const ageOf = (label: string | undefined, minimumReleaseAge = 3600, more: object = {}): object => {
    const labels = label === undefined ? {} : { [AGE]: label };
    const facts = namespaceFacts('shop', labels, { ...DEFAULTS, minimumReleaseAge, ...more });
    return { seconds: facts.releaseRules?.age?.seconds, warnings: facts.warnings.map(({ code }) => code) };
  };

  it.each([
    [undefined, 3600, 3600],
    ['7d', 3600, 604_800],
    ['10m', 3600, 3600],
    ['7d', 0, 604_800],
    [undefined, 0, undefined],
  ])('with the label %j and %d s in the configuration is %s', (label, configured, seconds) => {
    expect(ageOf(label, configured)).toEqual({ seconds, warnings: [] });
  });

  it('is that of the configuration for a label that is not a duration', () => {
    expect(ageOf('week')).toEqual({ seconds: 3600, warnings: ['unknown-release-age'] });
  });

  it('is none where the configuration exempts the namespace', () => {
    expect(ageOf('7d', 3600, { exemptNamespaces: ['shop'] })).toEqual({ seconds: undefined, warnings: [] });
  });
});
