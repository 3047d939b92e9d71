import { describe, expect, it } from 'vitest';
import type { Check } from '../../src/doctor/check.ts';
import { configuration } from '../../src/doctor/checks/configuration.ts';
import { namespaces } from '../../src/doctor/checks/namespaces.ts';
import { registration } from '../../src/doctor/checks/registration.ts';
import { replicas } from '../../src/doctor/checks/replicas.ts';
import { rights } from '../../src/doctor/checks/rights.ts';
import { version } from '../../src/doctor/checks/version.ts';
import { examine } from '../../src/doctor/examine.ts';
import { clusterAsInstalled, forbidden, missing, registeredWith, unreachable } from './cluster-as-installed.ts';
import type { Answer } from '../../src/api-server/answer.ts';

/** Each check with what it reads first, by the end of its path. */
const CHECKS: readonly (readonly [string, Check, string])[] = [
  ['version', version, 'version'],
  ['replicas', replicas, 'deployments/buildless-webhook'],
  ['configuration', configuration, 'configmaps/buildless-config'],
  ['registration', registration, 'mutatingwebhookconfigurations/buildless'],
  ['namespaces', namespaces, 'namespaces'],
];

const firstOf = async (check: Check, end: string, answer: Answer): Promise<unknown> =>
  (await check(clusterAsInstalled({ get: { ...registeredWith(''), [end]: answer } })))[0];

describe.each(CHECKS)('the check of %s', (_, check, end) => {
  it('fails if the object does not exist, and names a command that installs it', async () => {
    const cure = expect.stringContaining('kubectl apply') as string;
    expect(await firstOf(check, end, missing)).toMatchObject({ status: 'failed', cure });
  });

  it('is skipped if the caller may not read, with the words of the API server', async () => {
    const cure = expect.stringContaining('User "dev" cannot get resource') as string;
    expect(await firstOf(check, end, forbidden)).toMatchObject({ status: 'skipped', cure });
  });

  it('fails if no API server answers, with the reason', async () => {
    const detail = expect.stringContaining('ECONNREFUSED') as string;
    expect(await firstOf(check, end, unreachable)).toMatchObject({ status: 'failed', detail });
  });
});

describe('doctor', () => {
  it('reports every check without an exception if nothing in the cluster answers', async () => {
    const gone = clusterAsInstalled();
    const results = await examine({
      ...gone,
      get: () => Promise.resolve(unreachable),
      post: () => Promise.resolve(unreachable),
    });
    expect(results.length).toBeGreaterThan(6);
    expect(results.filter(({ status }) => status === 'ok')).toEqual([]);
    for (const { status, cure } of results) expect([status, cure]).not.toContain(undefined);
  });

  it('tells of rights that nobody may ask about', async () => {
    const [result] = await rights(clusterAsInstalled({ post: () => forbidden }));
    expect(result).toMatchObject({ status: 'skipped' });
  });
});
