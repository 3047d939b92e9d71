import { describe, expect } from 'vitest';
import { dayOf } from '../../src/exceptions/exception.ts';
import { blocksOf, shownIn } from '../docs/page.ts';
import { deployment, functionPod, source } from './functions.ts';
import { eventually, given, it } from './given.ts';
import { installWebhook, OPTED_IN } from './installed.ts';
import { coreApi, createNamespace, kubectl, kubectlOk, podsOf } from './kubectl.ts';

const DAY = 86_400_000;
const STARTED = Date.now();
const inDays = (days: number): string => dayOf(STARTED + days * DAY);

const FLOATING = { 'package.json': '{"dependencies":{"left-pad":"latest"}}' };

/** Of the Function `hello` in one namespace. */
const configurationWith = (namespace: string, until: string): string => `dependencies:
  exceptions:
    - { namespace: ${namespace}, function: hello, package: left-pad, code: dependencies-float, reason: TICKET-12, until: ${until} }
`;

const installed = given(() => installWebhook());

describe('an exception in a cluster', () => {
  const webhook = () => installed().webhook();
  const create = (namespace: string, object: object) => kubectl(['create', '-n', namespace, '-f', '-'], object);

  /** Waits until it is in force. */
  async function configure(namespace: string, until: string): Promise<void> {
    webhook().configure(configurationWith(namespace, until));
    await eventually(
      async () =>
        (await webhook().metrics()).sum('buildless_policy_exception_expires_timestamp_seconds', {
          function_namespace: namespace,
          function: 'hello',
          package: 'left-pad',
        }),
      (seconds) => seconds === (Date.parse(until) + DAY) / 1000,
      60_000,
    );
  }

  it('admits ConfigMap, workload and Pod, whose init container gets the day, and nothing of another Function', async () => {
    const namespace = await createNamespace(OPTED_IN);
    expect((await create(namespace, source('hello', FLOATING))).stderr).toContain('"left-pad" is "latest"');
    await configure(namespace, inDays(60));
    for (const object of [source('hello', FLOATING), deployment('hello', 0), functionPod('hello')]) {
      const { status, stderr } = await create(namespace, object);
      expect(stderr).not.toContain('left-pad');
      expect(status).toBe(0);
    }
    const pod = await coreApi().readNamespacedPod({ namespace, name: 'hello' });
    expect(pod.spec?.initContainers?.[0]?.args).toContain(`--exception=left-pad:${inDays(60)}`);
    expect((await create(namespace, source('other', FLOATING))).stderr).toContain('"left-pad" is "latest"');
  });

  it('is announced by kubectl in its last week, and applies no more once it has ended', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await configure(namespace, inDays(3));
    const admitted = await create(namespace, source('hello', FLOATING));
    expect(admitted.status).toBe(0);
    expect(admitted.stderr).toMatch(
      /Warning: buildless: package\.json:1:\d+: excepted until \d{4}-\d\d-\d\d, (?:in [23] days|tomorrow) \(TICKET-12\): "left-pad" is "latest"/,
    );
    // What was judged by its content before is judged by the day now.
    await configure(namespace, inDays(-2));
    for (const object of [deployment('hello', 0), functionPod('hello')]) {
      expect((await create(namespace, object)).stderr).toContain(`(an exception for it ended on ${inDays(-2)})`);
    }
    expect(webhook().lines.join('\n')).toContain('does not apply');
  });
});

describe('a tightened label of a Namespace', () => {
  it('has kubectl print how many Functions it would refuse, their names, and one reason for each', async () => {
    const namespace = await createNamespace(OPTED_IN);
    const ranges = { 'package.json': '{"dependencies":{"axios":"^1.7.9"}}' };
    for (const name of ['pay', 'cart']) {
      await kubectlOk(['create', '-n', namespace, '-f', '-'], source(name, ranges));
    }
    await kubectlOk(['create', '-n', namespace, '-f', '-'], source('plain'));
    await kubectlOk(['create', '-n', namespace, '-f', '-'], deployment('pay', 2));
    await podsOf(namespace, 'app=pay', 2);
    for (const name of ['cart', 'plain']) await kubectlOk(['create', '-n', namespace, '-f', '-'], functionPod(name));
    const label = async (...args: readonly string[]): Promise<readonly string[]> =>
      (await kubectl(['label', 'namespace', namespace, '--overwrite', ...args])).stderr
        .split('\n')
        .filter((line) => line !== '');
    // The page shows what is printed here.
    const expected = (
      shownIn(blocksOf('docs/dependency-policy.md')).find(({ heading }) => heading === 'Tighten a namespace')
        ?.printed ?? ''
    )
      .split('\n')
      .filter((line) => line.startsWith('Warning: '));
    expect(expected).toHaveLength(3);
    // The webhook takes one second for it, which may be short on a machine that does much else.
    for (const dryRun of [['--dry-run=server'], []]) {
      const printed = await eventually(
        async () => {
          await label('buildless.dev/dependencies-enforce=no-latest');
          return label('buildless.dev/dependencies-enforce=exact', ...dryRun);
        },
        ([first = '', ...lines]) => first.includes(' of 3 Functions (3 Pods)') && lines.length === 2,
        60_000,
      );
      expect(printed).toEqual(expected);
    }
    // A looser one refuses nothing that was not refused before.
    expect(await label('buildless.dev/dependencies-enforce=no-latest', '--dry-run=server')).toEqual([]);
  });

  it('says of an age that nobody knows it here, and which Pods have no revision to be compared', async () => {
    const namespace = await createNamespace(OPTED_IN);
    const pinned = { 'package.json': '{"dependencies":{"axios":"1.7.9"}}' };
    await kubectlOk(['create', '-n', namespace, '-f', '-'], source('pay', pinned));
    await kubectlOk(['create', '-n', namespace, '-f', '-'], source('cart', pinned));
    await kubectlOk(['create', '-n', namespace, '-f', '-'], deployment('pay', 1));
    await podsOf(namespace, 'app=pay', 1);
    await kubectlOk(['create', '-n', namespace, '-f', '-'], functionPod('cart'));
    const stderr = await eventually(
      async () => {
        const age = ['buildless.dev/minimum-release-age=30d', '--dry-run=server'];
        return (await kubectl(['label', 'namespace', namespace, ...age])).stderr;
      },
      (printed) => printed.includes(' of 2 Functions (1 Pod)'),
      60_000,
    );
    expect(stderr).toContain('"30d" would refuse 1 of 2 Functions (1 Pod): cart;');
    expect(stderr).toContain('the versions of 1 of 2 Functions are not compared with "30d" yet: pay;');
  });
});
