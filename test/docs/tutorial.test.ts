import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Runs } from '../run/running-command.ts';
import { answerTo, blockOf, edited, MANIFEST, SHOWN, Workplace } from './tutorial.ts';

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly { readonly run?: string }[] }>>;
}

const runs = new Runs();
let folder: string;
let workplace: Workplace;
beforeAll(async () => {
  await runs.open();
  folder = await mkdtemp(path.join(tmpdir(), 'buildless-tutorial-'));
  workplace = new Workplace(folder);
});
afterAll(async () => {
  await runs.endAll();
  await runs.remove();
  await rm(folder, { recursive: true, force: true });
});

const called = async (url: string, query: string): Promise<string> => (await fetch(new URL(query, url))).text();

// The steps in a cluster are in test/node/tutorial.test.ts.
describe('docs/tutorial.md', () => {
  it.each([
    ['2. ', (manifest: string) => manifest],
    ['5. ', edited],
  ])('answers on this machine as step %s shows', async (step, edit) => {
    workplace.write(edit(MANIFEST));
    const command = await runs.run(['-f', path.join(folder, 'hello.yaml'), '--port', '0']);
    expect(`${await called(await command.url(), '/?time=2d')}\n`).toBe(answerTo(step, 'curl'));
  });

  it('shows what validate and lock print, in the order of the page', async () => {
    workplace.write(MANIFEST);
    const commands = SHOWN.filter(({ command }) => /\bbuildless (?:validate|lock)\b/.test(command));
    expect(commands.map(({ heading }) => heading[0])).toEqual(['4', '7', '7', '7']);
    for (const { command, printed } of commands) expect((await workplace.run(command)).printed).toBe(printed);
  });

  it('has a workflow whose validation passes with the lock, and fails without', async () => {
    const { jobs } = parse(blockOf('8. ', 'yaml')) as Workflow;
    const validate = Object.values(jobs)
      .flatMap(({ steps }) => steps)
      .find(({ run }) => run?.startsWith('buildless') === true)?.run;
    workplace.write(MANIFEST);
    await workplace.run('buildless lock -f hello.yaml --write');
    expect(readFileSync(path.join(folder, 'hello.yaml'), 'utf8')).toContain('package-lock.json: |');
    expect(await workplace.run(validate ?? '')).toMatchObject({ status: 0 });
    workplace.write(MANIFEST);
    const { status, printed } = await workplace.run(validate ?? '');
    expect(status).toBe(1);
    expect(printed).toContain('[dependencies-float, locked]');
  });

  it('shows what a Pod gets, without a cluster', async () => {
    workplace.write(MANIFEST);
    const inject = blockOf('3. ', 'sh', 'kubectl get').split('\n')[1] ?? '';
    expect((await workplace.run(inject)).printed).toMatch(/^\+ +- name: buildless-prepare$/m);
  });
});
