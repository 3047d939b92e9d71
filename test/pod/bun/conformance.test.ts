import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyBuiltPrograms } from '../conformance/built-programs.ts';
import { expectedOf, type Case, type Expected } from '../conformance/case.ts';
import { cases } from '../conformance/cases.ts';
import { runCase } from '../conformance/run-case.ts';
import { ON_BUN } from './bun.ts';

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

let built: Awaited<ReturnType<typeof copyBuiltPrograms>>;
beforeAll(async () => {
  built = await copyBuiltPrograms('nodejs');
});
afterAll(() => built.remove());

describe.skipIf(ON_BUN === undefined)('the Node.js server on bun, row by row', () => {
  // The collector of JavaScriptCore keeps whatever looks like a pointer on its stack, so a call may now and then wait in vain.
  it.for(rows)('$name', { retry: 2 }, async (row) => {
    await runCase(row, 'nodejs', built.programs, ON_BUN);
  });

  it('differs where the docs say so', () => {
    expect(Object.keys(DIFFERENCES).filter((name) => !rows.some((row) => row.name === name))).toEqual([]);
  });
});
