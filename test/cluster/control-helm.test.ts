import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { V1Deployment } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, inject } from 'vitest';
import { GO_BUILD_TIMEOUT, goProgram } from '../programs/go-program.ts';
import { source } from './functions.ts';
import { cluster, given, it } from './given.ts';
import { installBoth } from './installed-both.ts';
import { OPTED_IN } from './installed.ts';
import { createNamespace } from './kubectl.ts';
import { answering, appsApi, functionDeployment, revisionNameOf, stamped, stampOf } from './revisions.ts';

const run = promisify(execFile);
/** Longer than the wait for quiet and everything after it. */
const SETTLED = 2500;
const nameOf = (answer: string): string => `files:${revisionNameOf('hello', answering(answer))}`;

let program: string | { readonly reason: string } = { reason: 'not looked for' };
let chart: string;

beforeAll(async () => {
  if (!('reason' in inject('cluster'))) program = await goProgram('helm');
  chart = mkdtempSync(path.join(tmpdir(), 'buildless-chart-'));
  mkdirSync(path.join(chart, 'templates'));
  writeFileSync(path.join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: hello\nversion: 1.0.0\n');
  const configMap = source('hello', answering('ANSWER'));
  const objects = [configMap, functionDeployment('hello')].map((object) => JSON.stringify(object));
  // JSON is YAML.
  writeFileSync(
    path.join(chart, 'templates', 'function.yaml'),
    objects.join('\n---\n').replaceAll('ANSWER', '{{ .Values.answer }}'),
  );
}, GO_BUILD_TIMEOUT);
afterAll(() => {
  rmSync(chart, { recursive: true, force: true });
});

describe("a Function in its author's Helm chart", () => {
  given(installBoth);

  for (const [how, serverSide] of [
    ['as Helm 3 does, by a three-way merge of its last manifest, the new one and the live object', 'false'],
    ['by server-side apply, as Helm 4 does', 'true'],
  ] as const) {
    it.withControllers(
      `rolls out once for each edit, and an upgrade without a change is nothing: ${how}`,
      async (context) => {
        const command = program;
        if (typeof command !== 'string') return context.skip(command.reason);
        const namespace = await createNamespace(OPTED_IN);
        const helm = async (...args: readonly string[]): Promise<void> => {
          const more = ['--namespace', namespace, '--kubeconfig', cluster().kubeconfig, `--server-side=${serverSide}`];
          await run(command, [...args, ...more]);
        };
        const upgrade = (answer: string): Promise<void> => helm('upgrade', 'hello', chart, '--set', `answer=${answer}`);
        const now = async (): Promise<V1Deployment> => appsApi().readNamespacedDeployment({ namespace, name: 'hello' });

        await helm('install', 'hello', chart, '--set', 'answer=one');
        expect(await stampOf(namespace, 'hello')).toEqual({ text: nameOf('one'), generation: 1 });
        await upgrade('two');
        const two = await stamped(namespace, 'hello', (text) => text === nameOf('two'));
        expect(two.generation).toBe(2);

        const before = await now();
        await upgrade('two');
        await delay(SETTLED);
        const after = await now();
        expect(after.spec).toEqual(before.spec);
        expect(after.metadata?.generation).toBe(before.metadata?.generation);
        expect(after.metadata?.labels).toEqual(before.metadata?.labels);

        await helm('rollback', 'hello', '1');
        const one = await stamped(namespace, 'hello', (text) => text === nameOf('one'));
        await delay(SETTLED);
        expect(await stampOf(namespace, 'hello')).toEqual({ ...one, generation: 3 });
        expect((await appsApi().listNamespacedReplicaSet({ namespace })).items).toHaveLength(2);
      },
    );
  }
});
