import { describe, expect, it } from 'vitest';
import { admit } from '../../src/admission/admit.ts';
import type { ReviewContext } from '../../src/admission/review-context.ts';
import type { PodLike } from '../../src/kubernetes/pod.ts';
import type { Injection } from '../../src/inject/injection.ts';
import { installedHere } from '../../src/run/local-installers.ts';
import { sourceOf, contextWith } from '../admission/review-of.ts';
import { functionPod } from '../inject/function-of.ts';

const handler = { 'handler.js': "exports.main = () => 'hello';" };
const locked = {
  ...handler,
  'package.json': '{ "name": "a", "dependencies": { "ms": "2.1.3" } }',
  'package-lock.json': JSON.stringify({
    name: 'a',
    lockfileVersion: 3,
    requires: true,
    packages: {
      '': { name: 'a', dependencies: { ms: '2.1.3' } },
      'node_modules/ms': {
        version: '2.1.3',
        resolved: 'https://registry.npmjs.org/ms/-/ms-2.1.3.tgz',
        integrity: 'sha512-6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA==',
      },
    },
  }),
};

/** How the init containers of an injected Pod install. */
function installersIn(injection: Injection): readonly string[] {
  const containers = 'pod' in injection ? (injection.pod.spec?.initContainers ?? []) : [];
  return containers.flatMap(({ name, args = [] }) => [
    name,
    ...args.filter((argument) => /^--(fast|reason|install)\b/.test(argument)),
  ]);
}

const here = (files: Readonly<Record<string, string>>): ReviewContext => ({
  ...contextWith({ source: sourceOf(files) }),
  installPlan: installedHere,
});

const HERE = [
  'buildless-prepare',
  '--install',
  "--reason=npm: bun is in the toolkit's image only",
  'buildless-install',
];

describe('on this machine, one admission', () => {
  it("has the language's own installer install where a cluster would have the fast one", async () => {
    const inCluster = await admit(functionPod(), 'default', contextWith({ source: sourceOf(locked) }));
    expect(installersIn(inCluster)).toEqual(['buildless-prepare', '--fast=bun']);
    expect(installersIn(await admit(functionPod(), 'default', here(locked)))).toEqual(HERE);
  });

  it('does the same with a Pod that was injected for a cluster', async () => {
    const inCluster = await admit(functionPod(), 'default', contextWith({ source: sourceOf(locked) }));
    const pod: PodLike = 'pod' in inCluster ? inCluster.pod : {};
    expect(installersIn(await admit(pod, 'default', here(locked)))).toEqual(HERE);
  });

  it('installs nothing where there is nothing to install', async () => {
    expect(installersIn(await admit(functionPod(), 'default', here(handler)))).toEqual(['buildless-prepare']);
  });

  it('refuses an installer that a cluster would refuse', async () => {
    const pod = functionPod({
      annotations: { 'buildless.dev/installer': 'bun', 'buildless.dev/install-scripts': 'allow' },
    });
    expect(await admit(pod, 'default', here(locked))).toMatchObject({
      outcome: 'refused',
      findings: [{ code: 'invalid-annotation' }],
    });
  });

  it('asks for no more than the admission of a cluster', async () => {
    const count = async (context: ReviewContext): Promise<readonly string[]> => {
      const asked: string[] = [];
      await admit(functionPod(), 'default', {
        ...context,
        judge: (question) => {
          asked.push('judge');
          return context.judge(question);
        },
        readSource: (...question) => {
          asked.push('source');
          return context.readSource(...question);
        },
      });
      return asked;
    };
    expect(await count(here(locked))).toEqual(await count(contextWith({ source: sourceOf(locked) })));
  });
});
