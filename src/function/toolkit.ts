import { PATHS } from './keys.ts';

/**
 * Options that limit bun to the program it is given.
 *
 * As a runtime bun reads `bunfig.toml` (whose `preload` it runs) and `.env` in the folder where it is started, and downloads
 * packages that a program asks for (bun.com/docs/runtime/bunfig, /runtime/env, /runtime/auto-install). That folder may belong
 * to a Function.
 */
export const BUN_OPTIONS: readonly string[] = ['--no-env-file', '--config=/dev/null', '--no-install'];

/**
 * The same options as a variable, for programs that start bun by a `#!` line.
 */
export const BUN_OPTIONS_VARIABLE: Readonly<Record<string, string>> = { BUN_OPTIONS: BUN_OPTIONS.join(' ') };

/** What `buildless-prepare` runs. The toolkit image has no Node.js: bun installs packages and runs our programs. */
export const PREPARE_COMMAND: readonly string[] = [
  `${PATHS.toolkit}/bin/bun`,
  ...BUN_OPTIONS,
  `${PATHS.toolkit}/pod/prepare.mjs`,
];
