import path from 'node:path';
import { BUN_OPTIONS_VARIABLE } from '../../../src/function/toolkit.ts';
import type { Start } from '../conformance/harness.ts';
import { KEPT } from '../pod-programs.ts';
import { fetchFastInstallers } from '../../../scripts/fast-installers.mjs';

/** bun in the version of the runtime bun1, which is that of the toolkit; undefined where it is not fetched. */
export const ON_BUN: Pick<Start, 'interpreter' | 'env'> | undefined =
  process.platform === 'linux'
    ? { interpreter: path.join(await fetchFastInstallers(KEPT), 'bun'), env: BUN_OPTIONS_VARIABLE }
    : undefined;
