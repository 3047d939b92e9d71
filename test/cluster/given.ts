import { inspect } from 'node:util';
import { afterAll, beforeAll, inject, it as test, type TestContext } from 'vitest';
import type { TestCluster } from './setup.ts';

let chosen: TestCluster | undefined;

/** For a program that vitest does not run, such as a benchmark. */
export function choose(cluster: TestCluster): void {
  chosen = cluster;
}

const provided = (): TestCluster | { readonly reason: string } => chosen ?? inject('cluster');

/** A test that needs the cluster; skipped, with the reason, where this machine has none. */
export function it(promise: string, body: (context: TestContext) => Promise<void>): void {
  test(promise, async (context) => {
    const found = provided();
    if ('reason' in found) context.skip(found.reason);
    await body(context);
  });
}

/** A test that needs Deployments to make Pods. */
it.withControllers = (promise: string, body: (context: TestContext) => Promise<void>): void => {
  it(promise, async (context) => {
    if (!cluster().controllers) context.skip('there is no kube-controller-manager beside the API server');
    await body(context);
  });
};

/** The same test for each of several values; `%s` in the promise is the value. */
it.each =
  (values: readonly string[]) =>
  (promise: string, body: (value: string, context: TestContext) => Promise<void>): void => {
    for (const value of values) it(promise.replace('%s', value), (context) => body(value, context));
  };

/** The cluster, for a test that runs. */
export function cluster(): TestCluster {
  const found = provided();
  if ('reason' in found) throw new Error(found.reason);
  return found;
}

export interface Opened<Value> {
  readonly value: Value;
  close(): Promise<void>;
}

/** Something that all tests of a file, or of a `describe`, share: opened before the first, closed after the last. */
export function given<Value>(open: () => Promise<Opened<Value>>): () => Value {
  let opened: Opened<Value> | undefined;
  beforeAll(async () => {
    if (!('reason' in provided())) opened = await open();
  });
  afterAll(async () => {
    await opened?.close();
  });
  return () => {
    if (opened === undefined) throw new Error('not opened');
    return opened.value;
  };
}

/** Other suites may have the machine meanwhile; nothing that is tested depends on how long it takes. */
const PATIENCE = 90_000;

/** Asks again until the answer is good. @throws with the last answer where it is not in time */
export async function eventually<Value>(
  ask: () => Promise<Value>,
  isGood: (value: Value) => boolean,
  milliseconds = PATIENCE,
): Promise<Value> {
  const latest = performance.now() + milliseconds;
  for (;;) {
    const value = await ask();
    if (isGood(value)) return value;
    if (performance.now() > latest)
      throw new Error(`still not after ${milliseconds / 1000} s: ${inspect(value, { depth: 6 })}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
