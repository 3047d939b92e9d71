import { chmod, cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vendorPython } from '../../../scripts/vendor-python.mjs';
import { expectedOf } from '../conformance/case.ts';
import { cases } from '../conformance/cases.ts';
import { runCase } from '../conformance/run-case.ts';

const source = path.resolve(import.meta.dirname, '../../../src/pod/python');
const rows = cases.filter((row) => row.only?.language !== 'nodejs' && expectedOf(row, 'python') !== undefined);

/** The programs of a Pod, laid out as `dist/pod`. */
let programs: string;
beforeAll(async () => {
  programs = await mkdtemp(path.join(tmpdir(), 'buildless-programs-'));
  const folder = path.join(programs, 'python');
  await cp(source, folder, { recursive: true, filter: (file) => !file.includes('__pycache__') });
  await vendorPython(path.join(source, 'requirements.txt'), path.join(folder, 'vendor'));
  await chmod(programs, 0o755);
  for (const entry of await readdir(programs, { recursive: true, withFileTypes: true })) {
    await chmod(path.join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o444);
  }
});
afterAll(() => rm(programs, { recursive: true, force: true }));

describe('the Python server, row by row', () => {
  it.each(rows.map((row) => [row.name, row] as const))('%s', async (_, row) => {
    await runCase(row, 'python', programs);
  });
});

describe('the table', () => {
  it('has at least 60 rows for Python, and a reason for each that it has not', () => {
    expect(rows.length).toBeGreaterThanOrEqual(60);
    const others = cases.filter((row) => !rows.includes(row));
    expect(others.filter((row) => row.only === undefined).map((row) => row.name)).toEqual([]);
  });
});
