import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyBuiltPrograms } from '../conformance/built-programs.ts';
import { expectedOf, type Case, type Expected } from '../conformance/case.ts';
import { cases } from '../conformance/cases.ts';
import { withFunction } from '../conformance/harness.ts';
import { runCase } from '../conformance/run-case.ts';
import { ON_BUN } from './bun.ts';
import { watchCollections } from './collections.ts';

/** Where the server answers otherwise on bun, by the name of the row; docs/functions.md lists them. */
const DIFFERENCES: Readonly<Record<string, { readonly expect: Expected; readonly why: string }>> = {
  'beside Kyma: a status, and a timer that does nothing': {
    expect: { status: 408 },
    why: 'bun does not tell an interval that keeps nothing alive from one that answers later',
  },
};

const rows: readonly Case[] = cases
  .filter((row) => expectedOf(row, 'nodejs') !== undefined)
  .map((row) => ({ ...row, expect: DIFFERENCES[row.name]?.expect ?? row.expect }));

/** Ends a call whose end the collector does not see, where a row has no limit of its own. */
const TIMEOUT_SECONDS = '20';
const TRIES = 3;

let built: Awaited<ReturnType<typeof copyBuiltPrograms>>;
let folder: string;
beforeAll(async () => {
  built = await copyBuiltPrograms('nodejs');
  folder = await mkdtemp(path.join(tmpdir(), 'buildless-collections-'));
  // A server runs as another user, and writes there.
  await chmod(folder, 0o777);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await built.remove();
});

/**
 * The collector of JavaScriptCore keeps whatever looks like a pointer on its stack, so a call without an answer may now and then
 * wait in vain (docs/functions.md). Only a row for which the server asked the collector is tried again.
 */
async function tryCase(row: Case, number: number): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const collections = await watchCollections(folder, `${number}-${tries}`);
    const env = { ...ON_BUN?.env, FUNC_TIMEOUT: TIMEOUT_SECONDS, ...collections.env };
    try {
      await runCase(row, 'nodejs', built.programs, { ...ON_BUN, env });
      return;
    } catch (error) {
      if (tries === TRIES || !collections.wereAsked()) throw error;
    }
  }
}

describe.skipIf(ON_BUN === undefined)('the Node.js server on bun, row by row', () => {
  it.for(rows.map((row, number) => ({ ...row, number })))('$name', async ({ number, ...row }) => {
    await tryCase(row, number);
  });

  it('asks the collector for calls that end without an answer, and for no others', async () => {
    for (const [number, { main, wereAsked }] of [
      { main: "() => 'answer'", wereAsked: false },
      { main: "async (event) => event.extensions.response.send('answer')", wereAsked: false },
      { main: '(event) => void event.extensions.response.status(201)', wereAsked: true },
    ].entries()) {
      const collections = await watchCollections(folder, `asked-${number}`);
      const env = { ...ON_BUN?.env, FUNC_TIMEOUT: '1', ...collections.env };
      const files = { 'handler.js': `exports.main = ${main};` };
      await withFunction({ language: 'nodejs', programs: built.programs, files, ...ON_BUN, env }, (started) =>
        started.call({}),
      );
      expect({ main, wereAsked: collections.wereAsked() }).toEqual({ main, wereAsked });
    }
  });

  it('differs where the docs say so', () => {
    expect(Object.keys(DIFFERENCES).filter((name) => !rows.some((row) => row.name === name))).toEqual([]);
  });
});
