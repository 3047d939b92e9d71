import { execFile } from 'node:child_process';
import path from 'node:path';
import { beforeAll, it as test, type TestContext } from 'vitest';
import { objectsOf } from '../installation/shipped.ts';
import { GO_BUILD_TIMEOUT, goProgram } from '../programs/go-program.ts';

export const ROOT = path.resolve(import.meta.dirname, '../..');
export const CHART = path.join(ROOT, 'deploy/chart');

export interface Printed {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

let program: string | { readonly reason: string } = { reason: 'not built' };

/** Finds helm, before the tests of a file. */
export function givenHelm(): void {
  beforeAll(async () => {
    program = await goProgram('helm');
  }, GO_BUILD_TIMEOUT);
}

/** A test that runs helm; skipped, with the reason, where there is none. */
export function it(promise: string, body: (context: TestContext) => Promise<void>): void {
  test(promise, async (context) => {
    if (typeof program !== 'string') context.skip(program.reason);
    await body(context);
  });
}

/** The path of helm. @throws where there is none */
export function helmProgram(): string {
  if (typeof program !== 'string') throw new Error(program.reason);
  return program;
}

export function helm(args: readonly string[], input = '', env: NodeJS.ProcessEnv = {}): Promise<Printed> {
  return new Promise((resolve) => {
    const child = execFile(
      helmProgram(),
      args,
      { cwd: ROOT, env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        resolve({ status: error === null ? 0 : typeof error.code === 'number' ? error.code : 1, stdout, stderr });
      },
    );
    // It may end before it has read.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

const NAMESPACE = 'buildless-system';

/** What the chart installs with these values; JSON is YAML. @throws with what helm printed where it fails */
export async function rendered(
  values: object | string = {},
  { namespace = NAMESPACE, more = [] }: { readonly namespace?: string; readonly more?: readonly string[] } = {},
): Promise<readonly unknown[]> {
  const chosen = typeof values === 'string' ? ['-f', path.join(CHART, 'ci', `${values}-values.yaml`)] : ['-f', '-'];
  const args = ['template', 'buildless', CHART, '--namespace', namespace, '--skip-tests', ...chosen, ...more];
  const { status, stdout, stderr } = await helm(args, typeof values === 'string' ? '' : JSON.stringify(values));
  if (status !== 0) throw new Error(stderr);
  return objectsOf(stdout).filter((object) => object !== null);
}
