import { describe, expect, it } from 'vitest';
import { createMutate } from '../../src/admission/mutate.ts';
import type { Verdict } from '../../src/admission/review.ts';
import type { ReviewContext } from '../../src/admission/review-context.ts';
import { createValidate } from '../../src/admission/validate.ts';
import { DEFAULT_CONFIGURATION } from '../../src/config/defaults.ts';
import type { Exception } from '../../src/exceptions/exception.ts';
import { exceptionsBy } from '../../src/exceptions/exceptions.ts';
import { applyPatch } from './apply-patch.ts';
import { contextWith, replica, requestFor, sourceOf } from './review-of.ts';

const FILES = {
  'handler.js': 'exports.main = () => 1;',
  'package.json': '{"dependencies":{"left-pad":"latest","axios":"1.14.0"}}',
};
const EXCEPTION: Exception = {
  namespace: 'default',
  function: 'hello',
  package: 'left-pad',
  code: 'dependencies-float',
  reason: 'TICKET-12',
  until: '2027-01-31',
};
const DEPLOYMENT = { group: 'apps', version: 'v1', kind: 'Deployment' };
const CONFIG_MAP = { group: '', version: 'v1', kind: 'ConfigMap' };
const { template, configMap } = {
  template: { ...replica, metadata: { ...replica.metadata, generateName: undefined } },
  configMap: { metadata: { name: 'hello', labels: { 'buildless.dev/function': 'hello' } }, data: FILES },
};

/** A webhook whose clock a test sets. */
function webhookOn(day: string, exceptions: readonly Exception[] = [EXCEPTION]) {
  let now = Date.parse(`${day}T00:00:00Z`);
  const configuration = {
    ...DEFAULT_CONFIGURATION,
    revisions: { ...DEFAULT_CONFIGURATION.revisions, locks: 'author' },
    dependencies: { ...DEFAULT_CONFIGURATION.dependencies, warn: 'no-latest', exceptions },
  } as const;
  const inForce = exceptionsBy(
    () => exceptions,
    () => now,
  );
  const context: ReviewContext = {
    ...contextWith({ source: sourceOf(FILES), configuration }),
    exceptions: inForce,
  };
  const mutate = createMutate(context);
  const validate = createValidate(context);
  return {
    setTime: (time: string) => {
      now = Date.parse(time);
    },
    pod: async (): Promise<Verdict> => {
      const injected = await mutate(requestFor(replica));
      return validate(requestFor(applyPatch(replica, injected.response.patch)));
    },
    deployment: (): Promise<Verdict> =>
      validate(requestFor({ metadata: { name: 'hello' }, spec: { template } }, { kind: DEPLOYMENT, name: 'hello' })),
    configMap: (): Promise<Verdict> => validate(requestFor(configMap, { kind: CONFIG_MAP, name: 'hello' })),
    injected: () => mutate(requestFor(replica)),
  };
}

const KINDS = ['pod', 'deployment', 'configMap'] as const;

describe.each(KINDS)('a %s with a finding that somebody answers for', (kind) => {
  it('is admitted, without a word until the last week', async () => {
    const { response } = await webhookOn('2026-11-29')[kind]();
    expect(response.status?.message).toBeUndefined();
    expect(response.allowed).toBe(true);
    expect(response.warnings).toBeUndefined();
  });

  it('is refused without the exception', async () => {
    expect((await webhookOn('2026-11-29', [])[kind]()).codes).toContain('dependencies-float');
  });

  it('is refused from the day after the end, without a restart, by the finding that says when it ended', async () => {
    const webhook = webhookOn('2027-01-31');
    webhook.setTime('2027-01-31T23:59:59.999Z');
    expect((await webhook[kind]()).response.allowed).toBe(true);
    expect((await webhook[kind]()).response.allowed).toBe(true);
    webhook.setTime('2027-02-01T00:00:00Z');
    const { response } = await webhook[kind]();
    expect(response.allowed).toBe(false);
    expect(response.status?.message).toContain('(an exception for it ended on 2027-01-31); write one version');
  });

  it('is admitted with a warning in the last week', async () => {
    const { response } = await webhookOn('2027-01-26')[kind]();
    expect(response.allowed).toBe(true);
    expect(response.warnings).toHaveLength(1);
    expect(response.warnings?.[0]).toContain('excepted until 2027-01-31, in 5 days (TICKET-12)');
    expect(response.warnings?.[0]).toMatch(/\[exception-used\]$/);
  });

  it('is in the audit log as without it', async () => {
    const { response } = await webhookOn('2026-11-29')[kind]();
    expect(response.auditAnnotations?.dependencies).toContain('"left-pad" is "latest"');
  });

  it.each([
    { function: 'other' },
    { namespace: 'other' },
    { package: 'axios' },
    { code: 'release-too-young' as const },
  ])('is refused if the exception is for %j', async (other) => {
    expect((await webhookOn('2026-11-29', [{ ...EXCEPTION, ...other }])[kind]()).response.allowed).toBe(false);
  });
});

describe('the injection of such a Pod', () => {
  it('names package and day, and is the same on every day', async () => {
    const webhook = webhookOn('2026-11-29');
    const first = await webhook.injected();
    webhook.setTime('2027-02-01T00:00:00Z');
    expect((await webhook.injected()).response.patch).toBe(first.response.patch);
    expect(Buffer.from(first.response.patch ?? '', 'base64').toString()).toContain('--exception=left-pad:2027-01-31');
  });
});
