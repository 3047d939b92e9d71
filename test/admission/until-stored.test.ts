import { beforeEach, describe, expect, it } from 'vitest';
import { createMutate } from '../../src/admission/mutate.ts';
import type { AdmissionRequest } from '../../src/admission/review.ts';
import type { ReviewContext } from '../../src/admission/review-context.ts';
import type { PodLike } from '../../src/kubernetes/pod.ts';
import { applyPatch } from './apply-patch.ts';
import { requestFor } from './review-of.ts';
import { RevisedCluster, revisionOf, type Texts } from './revised-cluster.ts';

const FILES: Texts = { 'handler.py': 'def main(event, context):\n    return 1\n', 'requirements.txt': 'idna==3.10\n' };
const LOCK = 'hello-9ad01c33f0';
const PYLOCK = `lock-version = "1.0"
created-by = "uv"

[[packages]]
name = "idna"
version = "3.10"
index = "https://pypi.org/simple"
wheels = [{ name = "idna-3.10-py3-none-any.whl", url = "https://files.pythonhosted.org/packages/idna-3.10-py3-none-any.whl", hashes = { sha256 = "${'a'.repeat(64)}" } }]
`;
const STAMP = `files:${revisionOf('hello', FILES)} lock:${LOCK}`;

const podOf = (stamp: string | undefined): PodLike & { kind: 'Pod' } => ({
  kind: 'Pod',
  metadata: {
    generateName: 'hello-5d9c-',
    labels: { 'buildless.dev/function': 'hello' },
    annotations: {
      'buildless.dev/runtime': 'python312',
      ...(stamp !== undefined && { 'buildless.dev/revision': stamp }),
    },
  },
  spec: { containers: [{ name: 'function', image: 'auto' }] },
});

let cluster: RevisedCluster;
/** What was waited for. */
let waits: string[];
/** What happens meanwhile. */
let meanwhile: () => void;

beforeEach(() => {
  cluster = new RevisedCluster();
  cluster.configMaps.set('hello', FILES);
  waits = [];
  meanwhile = () => undefined;
});

function context(): ReviewContext {
  const { revisions, ...others } = cluster.context;
  if (revisions === undefined) throw new Error('no revisions');
  const untilStored = (_: string, names: readonly string[]): Promise<number> => {
    waits.push(names.join(' '));
    meanwhile();
    return Promise.resolve(700);
  };
  return { ...others, revisions: { ...revisions, untilStored } };
}

/** Names of the init containers that a Pod is admitted with. */
async function admitted(pod: PodLike, request: Partial<AdmissionRequest> = {}): Promise<readonly string[]> {
  const given = requestFor(pod, request);
  const { response } = await createMutate(context())(given);
  expect(response.allowed).toBe(true);
  const patched = applyPatch(pod, response.patch) as PodLike;
  return patched.spec?.initContainers?.map(({ name }) => name) ?? [];
}

describe('the first Pod of a revision whose lock is being resolved', () => {
  it('is admitted with the lock that comes meanwhile, and so has one init container', async () => {
    meanwhile = () => {
      cluster.storeFiles('hello', FILES);
      cluster.storeLock(LOCK, { kind: 'lock', file: 'pylock.toml', text: PYLOCK });
    };
    expect(await admitted(podOf(STAMP))).toEqual(['buildless-prepare']);
    expect(waits).toEqual([`${revisionOf('hello', FILES)} ${LOCK}`]);
  });

  it('says how long it waited, so that the wait is not taken for slowness', async () => {
    const waited = async (stamp: string | undefined): Promise<unknown> =>
      (await createMutate(context())(requestFor(podOf(stamp), {}))).waited;
    expect([await waited(STAMP), await waited(undefined)]).toEqual([700, undefined]);
  });

  it('is admitted as well if none comes: then either container may install', async () => {
    expect(await admitted(podOf(STAMP))).toEqual(['buildless-prepare', 'buildless-install']);
  });

  it.each<[string, PodLike, Partial<AdmissionRequest>]>([
    ['a dry run', podOf(STAMP), { dryRun: true }],
    ['a Pod without a stamp', podOf(undefined), {}],
    ['a Pod whose stamp is none', podOf('files:Hello'), {}],
    [
      'a Pod that other webhooks send round again',
      {
        ...podOf(STAMP),
        spec: {
          containers: [{ name: 'function', image: 'auto' }],
          initContainers: [{ name: 'buildless-prepare', image: 'x' }],
        },
      },
      {},
    ],
    [
      'a large Pod, for whose turn others wait',
      { ...podOf(STAMP), spec: { containers: [{ name: 'function', image: 'auto', args: ['x'.repeat(40_000)] }] } },
      {},
    ],
  ])('does not wait if it is %s', async (_, pod, request) => {
    await createMutate(context())(requestFor(pod, request));
    expect(waits).toEqual([]);
  });

  it('does not wait while no controller works', async () => {
    cluster.followed = false;
    await createMutate(context())(requestFor(podOf(STAMP), {}));
    expect(waits).toEqual([]);
  });

  it('does not wait for what is stored', async () => {
    const { revisions, ...others } = context();
    if (revisions === undefined) throw new Error('no revisions');
    await createMutate({ ...others, revisions: { ...revisions, areStored: () => true } })(requestFor(podOf(STAMP), {}));
    expect(waits).toEqual([]);
  });
});
