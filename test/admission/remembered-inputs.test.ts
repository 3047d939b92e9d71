/**
 * All that an injection depends on, one input at a time: a Pod whose template was injected before gets the answer that is right
 * now. The tables have a row for each input; the compiler asks for one when an input is added.
 */
import { describe, expect, it } from 'vitest';
import { createMutate } from '../../src/admission/mutate.ts';
import type { Question } from '../../src/admission/once.ts';
import type { ReviewContext } from '../../src/admission/review-context.ts';
import { DEFAULT_CONFIGURATION } from '../../src/config/defaults.ts';
import { Exceptions, NO_EXCEPTIONS } from '../../src/exceptions/exceptions.ts';
import type { InjectionInput } from '../../src/inject/inject.ts';
import type { InstallPlan } from '../../src/installers/plan.ts';
import { NO_LIMITS, parseLimits } from '../../src/namespace/limits.ts';
import { RevisedCluster, revisionOf, type Texts } from './revised-cluster.ts';
import { replica, requestFor } from './review-of.ts';

const ONE: Texts = { 'handler.js': 'exports.main = () => 1;', 'package.json': '{"dependencies":{"ms":"2.1.3"}}' };
const TWO: Texts = { 'handler.js': 'exports.main = () => 2;' };
const FILES = revisionOf('hello', ONE);
const LOCK = 'hello-9ad01c33f0';

/** A cluster, and the parts of a context that a cluster does not have. */
class World {
  readonly cluster = new RevisedCluster();
  limits = NO_LIMITS;
  exceptions = NO_EXCEPTIONS;
  /** How often a source was judged. */
  judged = 0;
  installPlan: (planned: InstallPlan) => InstallPlan = (planned) => planned;

  constructor() {
    this.cluster.configMaps.set('hello', ONE);
  }

  context(): ReviewContext {
    const { cluster } = this;
    const { judge } = cluster.context;
    const installPlan = (): World['installPlan'] => this.installPlan;
    return {
      ...cluster.context,
      judge: (question) => {
        this.judged += 1;
        return judge(question);
      },
      namespaceLimits: () => this.limits,
      exceptions: () => this.exceptions,
      get installPlan() {
        return installPlan();
      },
    };
  }

  storeLock(problem: string): void {
    this.cluster.storeLock(LOCK, { kind: 'none', problem, fix: 'try later', details: [] });
  }
}

interface Change {
  readonly stamp?: string;
  readonly before?: (world: World) => void;
  readonly after: (world: World) => void;
}
interface NoInput {
  readonly isNoInputAs: string;
}

/** Nothing is remembered of a Pod for which that one was asked. */
type Remembered = Exclude<Question['about'], 'other-version'>;

const QUESTIONS: Readonly<Record<Remembered, Change>> = {
  source: { after: ({ cluster }) => void cluster.configMaps.set('hello', TWO) },
  files: {
    stamp: `files:${FILES}`,
    before: ({ cluster }) => {
      cluster.storeFiles('hello', ONE);
      cluster.configMaps.set('hello', TWO);
    },
    after: ({ cluster }) => void cluster.stored.delete(FILES),
  },
  lock: {
    stamp: `files:${FILES} lock:${LOCK}`,
    before: (world) => {
      world.cluster.storeFiles('hello', ONE);
      world.storeLock('the registry did not answer');
    },
    after: ({ cluster }) => void cluster.stored.delete(LOCK),
  },
  followed: {
    stamp: `files:${FILES}`,
    after: ({ cluster }) => {
      cluster.followed = false;
    },
  },
};

const PARTS: Readonly<Record<keyof ReviewContext, readonly Change[] | NoInput>> = {
  configuration: [
    {
      after: ({ cluster }) => {
        cluster.configuration = { ...DEFAULT_CONFIGURATION, mode: 'disabled' };
      },
    },
  ],
  namespaceLabels: [
    {
      after: ({ cluster }) => {
        cluster.labels = { 'buildless.dev/functions': 'disabled' };
      },
    },
  ],
  namespaceLimits: [
    {
      after: (world) => {
        const limits = [{ type: 'Container', max: { memory: '64Mi' } }];
        world.limits = parseLimits('LimitRange', 'small', { spec: { limits } });
      },
    },
  ],
  readSource: [QUESTIONS.source],
  revisions: [QUESTIONS.files, QUESTIONS.lock, QUESTIONS.followed],
  installPlan: [
    {
      after: (world) => {
        world.installPlan = () => ({ kind: 'none' });
      },
    },
  ],
  exceptions: [
    {
      after: (world) => {
        const row = { namespace: 'default', function: 'hello', package: 'ms', reason: 'x', until: '2027-01-31' };
        world.exceptions = new Exceptions([{ ...row, code: 'dependencies-float' }], '2026-11-29');
      },
    },
  ],
  denied: { isNoInputAs: 'nothing is injected otherwise; of the validating half, denied.test.ts' },
  judge: { isNoInputAs: 'what it answers follows from the files and the configuration' },
  now: { isNoInputAs: 'it only bounds how much the review of a Namespace looks at' },
  otherVersions: { isNoInputAs: 'no answer that depends on it is remembered (carried-injections.test.ts)' },
  pods: { isNoInputAs: 'only the review of a Namespace asks for them' },
};

/** Where each input of `inject` comes from. */
const ORIGINS: Readonly<Record<keyof InjectionInput, readonly (keyof ReviewContext | 'pod')[]>> = {
  configuration: ['configuration'],
  namespace: ['namespaceLabels', 'namespaceLimits', 'configuration'],
  definition: ['pod', 'configuration'],
  source: ['readSource', 'revisions'],
  facts: ['readSource', 'revisions', 'configuration'],
  pinned: ['revisions'],
  installPlan: ['installPlan'],
  exceptions: ['exceptions'],
};

const podOf = (stamp: string | undefined): object => ({
  ...replica,
  metadata: {
    ...replica.metadata,
    annotations: { ...replica.metadata.annotations, ...(stamp !== undefined && { 'buildless.dev/revision': stamp }) },
  },
});

describe('a Pod of a template that was injected before is answered as if it were the first when a change comes to', () => {
  const rows = Object.entries(PARTS).flatMap(([part, changes]) =>
    'isNoInputAs' in changes ? [] : changes.map((change, index) => ({ part, index, change })),
  );

  it.each(rows)('$part ($index)', async ({ change: { stamp, before, after } }) => {
    const world = new World();
    before?.(world);
    const context = world.context();
    const mutate = createMutate(context);
    const pod = requestFor(podOf(stamp));
    const first = await mutate(pod);
    expect(first.outcome).toBe('injected');
    expect(await mutate(pod)).toEqual(first);
    // It was remembered.
    expect(world.judged).toBe(1);
    after(world);
    const now = await mutate(pod);
    expect(now).toEqual(await createMutate(context)(pod));
    expect(now).not.toEqual(first);
  });
});

describe('each input of an injection', () => {
  it.each(Object.entries(ORIGINS))('%s comes from what is compared', (_, origins) => {
    for (const origin of origins) if (origin !== 'pod') expect(PARTS[origin]).toBeInstanceOf(Array);
  });
});
