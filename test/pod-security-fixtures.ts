import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { V1Pod } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { hasGo } from './cluster/kubernetes/build.ts';

/**
 * The fixtures of Pod Security's own tests, in the module cache of Go; nothing of them is copied.
 *
 * @param module with its version, e.g. `k8s.io/pod-security-admission@v0.34.4`
 * @returns the folder; undefined if there is no Go to fetch it
 */
export function testdata(module: string): string | undefined {
  if (!hasGo()) return undefined;
  const answer = execFileSync('go', ['mod', 'download', '-json', module], { encoding: 'utf8' });
  const folder = /"Dir": "(.*)"/.exec(answer)?.[1];
  return folder === undefined ? undefined : path.join(folder, 'test/testdata');
}

export interface Fixture {
  readonly name: string;
  readonly pod: V1Pod;
}

/** The Pods of some versions (`v1.34`), each different one once. */
export function fixtures(
  root: string,
  level: 'baseline' | 'restricted',
  versions: readonly string[],
  verdict: 'pass' | 'fail',
): readonly Fixture[] {
  const seen = new Map<string, Fixture>();
  for (const version of versions) {
    const folder = path.join(root, level, version, verdict);
    for (const file of existsSync(folder) ? readdirSync(folder) : []) {
      const text = readFileSync(path.join(folder, file), 'utf8');
      const digest = createHash('sha256').update(text).digest('hex');
      const pod: unknown = parse(text);
      if (isPod(pod)) seen.set(digest, { name: `${level}/${version}/${verdict}/${file}`, pod });
    }
  }
  return [...seen.values()];
}

const isPod = (value: unknown): value is V1Pod => typeof value === 'object' && value !== null && 'spec' in value;
