import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyBuiltPrograms } from '../../conformance/built-programs.ts';
import { expectedOf } from '../../conformance/case.ts';
import { cases } from '../../conformance/cases.ts';
import { runCase } from '../../conformance/run-case.ts';

const rows = cases.filter((row) => expectedOf(row, 'nodejs') !== undefined);

let built: Awaited<ReturnType<typeof copyBuiltPrograms>>;
beforeAll(async () => {
  built = await copyBuiltPrograms('nodejs');
});
afterAll(() => built.remove());

describe('the Node.js server, row by row', () => {
  it.for(rows)('$name', async (row) => {
    await runCase(row, 'nodejs', built.programs);
  });
});

describe('the table', () => {
  it('has at least 60 rows for Node.js, and a reason for each that it has not', () => {
    expect(rows.length).toBeGreaterThanOrEqual(60);
    const others = cases.filter((row) => !rows.includes(row));
    expect(others.filter((row) => row.only === undefined).map((row) => row.name)).toEqual([]);
  });
});
