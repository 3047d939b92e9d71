import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { BUN_OPTIONS } from '../../src/function/toolkit.ts';

/** Runs a program to its end. @returns what it wrote to stdout */
export function run(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): string {
  const stdio = ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'];
  return execFileSync(command, args, { cwd, env: { ...process.env, ...env }, stdio, encoding: 'utf8' });
}

/** The command that Kyma's Pod runs for Node.js, in the folder `source` of a place: it has no lock. */
export function kymaNode(place: string, cache: string): undefined {
  rmSync(path.join(place, 'source/package-lock.json'));
  const flags = ['--prefer-offline', '--no-audit', '--progress=false', `--cache=${cache}`];
  run('npm', ['install', ...flags], path.join(place, 'source'));
}

/**
 * `buildless-prepare` with a fast installer, from the folder `source` of a place. What it makes returns the seconds that the
 * installation took of it, by its log; undefined if another installer had to do it.
 *
 * @param tools folder with bun and uv
 */
export const prepareWith = (
  tools: string,
  language: string,
  ...flags: readonly string[]
): ((place: string, cache: string) => number | undefined) => {
  const bun = path.join(tools, 'bun');
  return (place, cache) => {
    const paths = [`--root=${path.join(place, 'root')}`, `--from=${path.join(place, 'source')}`];
    const all = ['--source=configmap:hello', `--language=${language}`, '--level=locked', '--timeout=120', ...paths];
    const keeps = cache.startsWith(place) ? [] : [`--cache=${cache}`];
    const program = path.resolve('dist/pod/prepare.mjs');
    const log = run(bun, [...BUN_OPTIONS, program, ...all, ...keeps, ...flags], place, { BUILDLESS_TOOLS: tools });
    const seconds = /installed the packages in ([\d.]+) s/.exec(log)?.[1];
    return seconds === undefined ? undefined : Number(seconds);
  };
};
