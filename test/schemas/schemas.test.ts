import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { STATUS_ANNOTATION } from '../../src/function/keys.ts';
import { cluster, given, it, type Opened } from '../cluster/given.ts';
import { installWebhook, OPTED_IN } from '../cluster/installed.ts';
import { createNamespace, kubectl, kubectlOk, ROOT } from '../cluster/kubectl.ts';
import { definitions, NOT_HERE } from './definitions.ts';
import { shown, sourcesOfWorkloads } from './pages.ts';

const COMMAND = path.join(ROOT, 'dist/buildless.mjs');
/** Of which only the Pods can be injected. */
const PODS_ONLY = ['WorkflowTemplate', 'Task'];

/** @returns a namespace that no webhook looks at */
async function define(): Promise<Opened<string>> {
  if (!cluster().disposable)
    throw new Error('definitions of other projects go into a cluster that is thrown away only');
  const items = definitions();
  await kubectlOk(['apply', '--server-side', '-f', '-'], { apiVersion: 'v1', kind: 'List', items });
  await kubectlOk(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=120s']);
  return { value: await createNamespace(), close: () => Promise.resolve() };
}

describe('what the documentation shows of other projects', () => {
  const namespace = given(define);
  const isAccepted = async (object: object): Promise<void> => {
    const dryRun = ['create', '--dry-run=server', '--validate=strict', '-n', namespace(), '-f', '-'];
    expect(await kubectl(dryRun, object)).toMatchObject({ status: 0, stderr: '' });
  };

  for (const { where, group, kind, object } of shown()) {
    it(`${where}: the ${kind} is accepted by its own schema`, async (context) => {
      const reason = NOT_HERE[`${group}/${kind}`];
      if (reason !== undefined) context.skip(reason);
      await isAccepted(object);
    });

    if (where !== 'docs/workloads.md' || PODS_ONLY.includes(kind)) continue;
    it(`${where}: the ${kind} is accepted as "buildless inject" writes it`, async (context) => {
      const reason = NOT_HERE[`${group}/${kind}`];
      if (reason !== undefined) context.skip(reason);
      const input = `${sourcesOfWorkloads()}---\n${stringify(object)}`;
      const { status, stdout } = spawnSync(process.execPath, [COMMAND, 'inject', '-f', '-'], {
        input,
        encoding: 'utf8',
      });
      expect(status).toBe(0);
      const injected: unknown = parseAllDocuments(stdout).at(-1)?.toJS();
      expect(JSON.stringify(injected)).toContain(STATUS_ANNOTATION);
      await isAccepted(injected as object);
    });
  }
});

describe('`buildless doctor` in a cluster with these projects', () => {
  given(define);
  given(() => installWebhook());

  it('creates one of each kind that has a Pod template, as its definition wants it', async () => {
    await createNamespace(OPTED_IN);
    const args = [COMMAND, 'doctor', '--kubeconfig', cluster().kubeconfig];
    const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    // They are admitted here: none is registered.
    expect(stdout).toContain('Rollout, ScaledJob, JobSet, LeaderWorkerSet, CloneSet: a faulty template is admitted');
  });
});
