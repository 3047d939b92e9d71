import { afterAll, beforeAll, describe, it } from 'vitest';
import { expectedOf } from '../../conformance/case.ts';
import { cases } from '../../conformance/cases.ts';
import { runCase } from '../../conformance/run-case.ts';
import { bundleServer } from './bundle.ts';

let bundle: Awaited<ReturnType<typeof bundleServer>>;
beforeAll(async () => {
  bundle = await bundleServer();
});
afterAll(() => bundle.remove());

describe('the Node.js server', () => {
  it.for(cases.filter((row) => expectedOf(row, 'nodejs') !== undefined))('$name', async (row) => {
    await runCase(row, 'nodejs', bundle.programs);
  });
});
