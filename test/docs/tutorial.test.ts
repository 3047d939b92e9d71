import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { blockOf, Reader } from './tutorial.ts';

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly { readonly run?: string }[] }>>;
}

let folder: string;
let reader: Reader;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'buildless-tutorial-'));
  reader = new Reader(folder);
});
afterAll(async () => {
  await reader.endRun();
  await rm(folder, { recursive: true, force: true });
});

// The steps in a cluster are in test/node/tutorial.test.ts.
describe('docs/tutorial.md, on this machine', () => {
  it('goes from init over run with edits, a mistake and a refusal to a lock', { timeout: 600_000 }, async () => {
    await reader.follow('2. ');
    await reader.follow('3. ');
    await reader.endRun();
  });

  it('gives the answer of the cluster in advance, and shows what a Pod gets', async () => {
    const [first = '', ...printed] = blockOf('4. ', 'console', '$ buildless manifest').code.split('\n');
    expect(await reader.type(first.replace(/^\$ /, ''))).toEqual({ status: 0, printed: printed.join('\n') });
    const inject = blockOf('4. ', 'sh', 'kubectl get').code.split('\n')[1] ?? '';
    expect((await reader.type(inject)).printed).toMatch(/^\+ +- name: buildless-prepare$/m);
  });

  it('has a workflow whose validation passes with the lock, and fails without', async () => {
    const { jobs } = parse(blockOf('8. ', 'yaml').code) as Workflow;
    const validate = Object.values(jobs)
      .flatMap(({ steps }) => steps)
      .find(({ run }) => run?.startsWith('buildless') === true)?.run;
    const inRepository = `cd .. && ${validate ?? ''}`;
    expect(readFileSync(path.join(reader.folder, 'package-lock.json'), 'utf8')).toContain('"integrity": "sha512-');
    expect(await reader.type(inRepository)).toMatchObject({ status: 0 });
    await reader.type('rm package-lock.json');
    const { status, printed } = await reader.type(inRepository);
    expect(status).not.toBe(0);
    expect(printed).toContain('kustomization names this file, and it does not exist');
  });
});
