import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';

/** Runs a program to its end, without its output. */
export function run(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): void {
  execFileSync(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
}

/** The command that Kyma's Pod runs for Node.js, in the folder `source` of a place: it has no lock. */
export function kymaNode(place: string, cache: string): void {
  rmSync(path.join(place, 'source/package-lock.json'));
  const flags = ['--prefer-offline', '--no-audit', '--progress=false', `--cache=${cache}`];
  run('npm', ['install', ...flags], path.join(place, 'source'));
}

/**
 * `buildless-prepare` with a fast installer, from the folder `source` of a place.
 *
 * @param tools folder with bun and uv
 */
export const prepareWith =
  (tools: string, language: string, ...flags: readonly string[]) =>
  (place: string, cache: string): void => {
    const paths = [`--root=${path.join(place, 'root')}`, `--from=${path.join(place, 'source')}`];
    const all = ['--source=configmap:hello', `--language=${language}`, '--level=locked', '--timeout=120', ...paths];
    const keeps = cache.startsWith(place) ? [] : [`--cache=${cache}`];
    const program = path.resolve('dist/pod/prepare.mjs');
    run(process.execPath, [program, ...all, ...keeps, ...flags], place, { BUILDLESS_TOOLS: tools });
  };
