import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { V1Pod } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { fixtures, testdata } from '../pod-security-fixtures.ts';
import { functionPod, injected } from './function-of.ts';
import { brokenRules } from './restricted.ts';

/** The newest release of Pod Security Admission. */
const MODULE = 'k8s.io/pod-security-admission@v0.37.2';

/** A Pod of Pod Security's own tests, with a Function before its containers. */
const besideFunction = ({ metadata, spec }: V1Pod): V1Pod =>
  functionPod({ annotations: metadata?.annotations ?? {}, spec: { ...spec, containers: spec?.containers ?? [] } });

const labels = (version: string): Record<string, string> => ({
  'pod-security.kubernetes.io/enforce': 'restricted',
  'pod-security.kubernetes.io/enforce-version': version,
});

describe('where a namespace enforces a version of Pod Security', () => {
  const root = testdata(MODULE);

  it('the Pods that this version admits are admitted', async (context) => {
    if (root === undefined) return context.skip('the fixtures come from the Go module proxy, and there is no Go');
    const refused: string[] = [];
    let judged = 0;
    for (const version of versionsOf(root)) {
      for (const { name, pod } of fixtures(root, 'restricted', [version], 'pass')) {
        if (pod.spec?.os?.name === 'windows') continue;
        const { said } = await injected(besideFunction(pod), { labels: labels(version) });
        const against = said.filter((text) => !text.startsWith('port-'));
        judged += 1;
        if (against.length > 0) refused.push(`${name}: ${against.join(', ')}`);
      }
    }
    expect(refused).toEqual([]);
    expect(judged).toBeGreaterThan(300);
  });

  it('the Pods that this version forbids are refused or repaired', async (context) => {
    if (root === undefined) return context.skip('the fixtures come from the Go module proxy, and there is no Go');
    const admitted: string[] = [];
    let judged = 0;
    for (const version of versionsOf(root)) {
      for (const level of ['baseline', 'restricted'] as const) {
        for (const { name, pod } of fixtures(root, level, [version], 'fail')) {
          const { said, pod: result } = await injected(besideFunction(pod), { labels: labels(version) });
          const isRefused = said.some((text) => /^(?:security-contradiction|unsupported-os) /.test(text));
          judged += 1;
          if (isRefused) continue;
          const broken = result.spec === undefined ? ['nothing was injected'] : brokenRules(result.spec);
          if (broken.length > 0) admitted.push(`${name}: ${broken.join(', ')}`);
        }
      }
    }
    expect(admitted).toEqual([]);
    expect(judged).toBeGreaterThan(1000);
  });
});

/** From 1.19 on, when seccomp became a field: no API server that is in use knows the annotations of before. */
const versionsOf = (root: string): readonly string[] =>
  readdirSync(path.join(root, 'restricted')).filter((version) => Number(version.slice('v1.'.length)) >= 19);

describe('a sysctl is safe from the version on that says so', () => {
  const asking = (name: string): V1Pod =>
    functionPod({ spec: { securityContext: { sysctls: [{ name, value: '0' }] }, containers: [] } });

  it.each([
    ['net.ipv4.tcp_notsent_lowat', 'v1.36', ['security-contradiction spec.securityContext.sysctls[0].name']],
    ['net.ipv4.tcp_notsent_lowat', 'v1.37', []],
    ['net.ipv4.tcp_slow_start_after_idle', 'latest', []],
    ['net.ipv4.tcp_rmem', 'v1.31', ['security-contradiction spec.securityContext.sysctls[0].name']],
    ['kernel.msgmax', 'latest', ['security-contradiction spec.securityContext.sysctls[0].name']],
  ])('%s at %s: %j', async (name, version, expected) => {
    expect((await injected(asking(name), { labels: labels(version) })).said).toEqual(expected);
  });
});
