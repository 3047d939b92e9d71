import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/admission/review.ts';
import { createValidate } from '../../src/admission/validate.ts';
import { DEFAULT_CONFIGURATION } from '../../src/config/defaults.ts';
import { requestFor, contextWith } from './review-of.ts';

const kind = { group: '', version: 'v1', kind: 'Namespace' };
const namespace = (labels: Record<string, string>): Record<string, unknown> => ({ metadata: { name: 'shop', labels } });
const { dependencies } = DEFAULT_CONFIGURATION;
const floored = {
  ...DEFAULT_CONFIGURATION,
  dependencies: { ...dependencies, floor: 'no-latest' as const, minimumReleaseAge: 7 * 86_400 },
};

function label(labels: Record<string, string>, before?: Record<string, string>): Promise<Verdict> {
  return createValidate(contextWith({ configuration: floored }))(
    requestFor(namespace(labels), {
      kind,
      name: 'shop',
      namespace: 'shop',
      ...(before !== undefined && { operation: 'UPDATE', oldObject: namespace(before) }),
    }),
  );
}

describe('the labels of a Namespace', () => {
  it.each(['enforce', 'warn', 'audit'])('refuse a level for %s that does not exist', async (mode) => {
    const { response } = await label({ [`buildless.dev/dependencies-${mode}`]: 'no_latest' }, {});
    expect(response.status?.message).toBe(
      `Namespace shop is refused: metadata.labels[buildless.dev/dependencies-${mode}]: "no_latest" is not a level; did you mean no-latest? write one of off, no-latest, exact, locked [unknown-policy-level]`,
    );
  });

  it('refuse a minimum release age that is not a duration', async () => {
    const { codes } = await label({ 'buildless.dev/minimum-release-age': 'week' }, {});
    expect(codes).toEqual(['unknown-release-age']);
  });

  it('stop nothing where they stay as they are, right or wrong', async () => {
    const bad = { 'buildless.dev/dependencies-enforce': 'strict' };
    expect(await label({ ...bad, team: 'shop' }, bad)).toMatchObject({
      response: { allowed: true },
      codes: ['unchanged'],
    });
  });

  it.each([
    [
      { 'buildless.dev/dependencies-enforce': 'off' },
      '"off" is looser than the cluster allows, so "no-latest" is used',
    ],
    [{ 'buildless.dev/dependencies-enfroce': 'exact' }, 'write buildless.dev/dependencies-enforce, or remove it'],
    [
      { 'buildless.dev/minimum-release-age': '36h' },
      '"36h" is shorter than the cluster\'s minimum release age, so "7d" is used',
    ],
    [{ 'buildless.dev/functions': 'true' }, '"true" does not turn Functions on here; write enabled or only'],
  ])('%j are warned about', async (labels, text) => {
    const { response } = await label(labels);
    expect(response.allowed).toBe(true);
    expect(response.warnings?.[0]).toContain(text);
  });

  it.each(['enabled', 'only'])('pass without a word where they are right: functions=%s', async (value) => {
    const { response } = await label({
      'buildless.dev/functions': value,
      'buildless.dev/dependencies-enforce': 'locked',
      'buildless.dev/minimum-release-age': '14d',
      team: 'shop',
    });
    expect(response).toEqual({ uid: response.uid, allowed: true });
  });
});
