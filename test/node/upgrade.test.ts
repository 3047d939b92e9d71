import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, inject } from 'vitest';
import { CONTROL_NAME, INSTALL_NAMESPACE, WEBHOOK_NAME } from '../../src/installation/names.ts';
import { prepareForOlder } from '../cluster/back-to-older.ts';
import { createFunctions } from '../cluster/creations.ts';
import { editFunction } from '../cluster/edits.ts';
import { eventually, given, it } from '../cluster/given.ts';
import { doctorOfVersions, versionsIn } from '../cluster/injected-versions.ts';
import { RESTRICTED } from '../cluster/installed.ts';
import { coreApi, createNamespace, deleteBackwards, kubectl, kubectlOk } from '../cluster/kubectl.ts';
import { appsApi } from '../cluster/revisions.ts';
import { installed, objectsOf } from '../installation/shipped.ts';
import { apply, deployed } from './functions.ts';
import { ctr } from './machine/containerd.ts';
import { olderImage } from './machine/older-image.ts';
import { call, nameOf, readyPod } from './pods.ts';

/** Keeps the Pods of a stream off the node, which could not start as many. */
const NEVER_SCHEDULED = { schedulingGates: [{ name: 'buildless-test/never' }] };
/** Between two Pods of each stream: the node needs its CPU for the rollout. */
const PAUSE = 200;
/** Where no image is cached, the older one is made first. */
const BUILD_TIMEOUT = 900_000;

const HANDLERS = {
  nodejs22: { 'handler.js': "exports.main = () => 'of Node.js';" },
  python311: { 'handler.py': "def main(event, context):\n    return 'of Python'\n" },
};
const RUNTIMES = Object.keys(HANDLERS) as (keyof typeof HANDLERS)[];
const ANSWERS = ['of Node.js', 'of Python'];

const rolledOut = (name: string): Promise<string> =>
  kubectlOk(['rollout', 'status', '-n', INSTALL_NAMESPACE, `deployment/${name}`, '--timeout=240s']);

/** Until no replica answers but those of the template: an old one still does while it stops. */
async function replaced(name: string): Promise<void> {
  await rolledOut(name);
  const { spec } = await appsApi().readNamespacedDeployment({ namespace: INSTALL_NAMESPACE, name });
  await eventually(
    async () => {
      const labelSelector = Object.entries(spec?.selector.matchLabels ?? {})
        .map((pair) => pair.join('='))
        .join();
      return (await coreApi().listNamespacedPod({ namespace: INSTALL_NAMESPACE, labelSelector })).items;
    },
    (pods) => pods.length === spec?.replicas,
    240_000,
  );
}

/** Applies a Function of each runtime. */
const applyAll = async (namespace: string): Promise<void> => {
  for (const runtime of RUNTIMES) await apply(namespace, deployed(runtime, { runtime, files: HANDLERS[runtime] }));
};

/** The Pods of both, as soon as they are Ready, and what they answer. */
async function answersIn(namespace: string): Promise<{ readonly pods: string[]; readonly answers: string[] }> {
  const pods = [];
  for (const runtime of RUNTIMES) pods.push(await readyPod(namespace, `app=${runtime}`));
  const answers = await Promise.all(pods.map(async (pod) => (await call(pod)).text));
  return { pods: pods.map(nameOf), answers };
}

/** Pods are created, and a Function is edited, while something else is done. @throws if one of them fails */
async function underLoad(body: () => Promise<void>): Promise<void> {
  const edited = await createNamespace(RESTRICTED);
  await apply(edited, deployed('shop', { files: HANDLERS.nodejs22, spec: NEVER_SCHEDULED }));
  const [pods, edits] = [await createFunctions(PAUSE, NEVER_SCHEDULED), editFunction(edited, 'shop')];
  await body();
  const [creations, changes] = [await pods.end(), await edits.end()];
  console.log(`${creations.created} Pods created, ${changes.edits} edits`);
  expect({ created: creations.failures, edited: changes.failures }).toEqual({ created: [], edited: [] });
  expect(creations.created).toBeGreaterThan(10);
  expect(changes.edits).toBeGreaterThan(5);
  await kubectlOk(['delete', 'namespace', edited, pods.namespace, '--wait=false']);
}

// One test goes on where the one before has ended.
describe(
  'an upgrade on a node from the manifests and the image of version 0.1.0, and the way back',
  { retry: 0 },
  () => {
    let reason = 'this node has no image of version 0.1.0';
    let manifests = '';
    beforeAll(async () => {
      if ('reason' in inject('cluster') || !inject('node').ours) return;
      const older = await olderImage(console.log);
      if ('reason' in older) ({ reason } = older);
      else {
        ctr('images', 'import', older.archive);
        ({ manifests } = older);
      }
    }, BUILD_TIMEOUT);
    given(() =>
      Promise.resolve({
        value: undefined,
        async close() {
          if (manifests === '') return;
          const older = objectsOf(readFileSync(manifests, 'utf8'));
          await deleteBackwards([...older, ...installed()], '--wait=false');
          await kubectl(['wait', '--for=delete', `namespace/${INSTALL_NAMESPACE}`, '--timeout=120s']);
        },
      }),
    );
    const promise = (name: string, body: () => Promise<void>): void => {
      it(name, async (context) => {
        if (manifests === '') context.skip(reason);
        await body();
      });
    };

    let kept = '';
    promise('fails no review while kubectl apply -k brings the new version, and Functions run on', async () => {
      await kubectlOk(['apply', '-f', manifests]);
      await rolledOut(WEBHOOK_NAME);
      kept = await createNamespace(RESTRICTED);
      await applyAll(kept);
      const before = await answersIn(kept);
      expect(before.answers).toEqual(ANSWERS);
      expect(await versionsIn(kept)).toEqual(new Set(['0.1.0']));

      await underLoad(async () => {
        await kubectlOk(['apply', '-k', 'deploy/']);
        await replaced(WEBHOOK_NAME);
        await replaced(CONTROL_NAME);
      });
      expect(await answersIn(kept)).toEqual(before);
    });

    promise('doctor names the Functions of the older version until they are restarted', async () => {
      const named = (): Promise<string> => doctorOfVersions().then((results) => JSON.stringify(results));
      const before = await named();
      for (const runtime of RUNTIMES) expect(before).toContain(`${kept}/${runtime} (0.1.0)`);
      await kubectlOk(['rollout', 'restart', 'deployment', '-n', kept]);
      await eventually(named, (text) => !text.includes(kept), 240_000);
      expect((await answersIn(kept)).answers).toEqual(ANSWERS);
    });

    promise('fails no review on the way back, Functions run on, and the older version injects again', async () => {
      await prepareForOlder();
      await eventually(
        () => kubectlOk(['get', 'deployments', '-n', kept, '-o', 'jsonpath={.items[*].status.unavailableReplicas}']),
        (unavailable) => unavailable === '',
        240_000,
      );
      const before = await answersIn(kept);
      await underLoad(async () => {
        await kubectlOk(['apply', '-f', manifests]);
        await replaced(WEBHOOK_NAME);
      });
      expect(await answersIn(kept)).toEqual(before);

      await kubectlOk(['rollout', 'restart', 'deployment', '-n', kept]);
      await eventually(
        () => versionsIn(kept),
        (versions) => [...versions].join() === '0.1.0',
        240_000,
      );
      expect((await answersIn(kept)).answers).toEqual(ANSWERS);
      await kubectlOk(['delete', 'namespace', kept, '--wait=false']);
    });
  },
);
