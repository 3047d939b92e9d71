/**
 * Programs in Go that tests run: each a folder here with a go.mod that names one tool and its exact version. They are built
 * once, from Go's module proxy with go.sum, into a folder outside of the checkout.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir, setPriority } from 'node:os';
import path from 'node:path';
import { hasGo } from '../cluster/kubernetes/build.ts';

export type GoProgram = 'helm' | 'actionlint';

/**
 * Finds the program, or builds it: a minute or more the first time.
 *
 * @returns its path, or why there is none
 * @throws where `go build` fails
 */
export async function goProgram(name: GoProgram): Promise<string | { readonly reason: string }> {
  const module = path.join(import.meta.dirname, name);
  const tool = /^tool (\S+)$/m.exec(readFileSync(path.join(module, 'go.mod'), 'utf8'))?.[1];
  if (tool === undefined) throw new Error(`${module}/go.mod names no tool`);
  const program = path.join(cachedFolder(name, module), name);
  if (existsSync(program)) return program;
  if (!hasGo()) return { reason: `no ${name} to test with: install Go` };
  await build(module, tool, program);
  return program;
}

function cachedFolder(name: string, module: string): string {
  const hash = createHash('sha256');
  for (const file of ['go.mod', 'go.sum']) hash.update(readFileSync(path.join(module, file))).update('\0');
  const cache = process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache');
  const key = `${process.platform}-${process.arch}-${hash.digest('hex').slice(0, 12)}`;
  return path.join(cache, 'buildless', name, key);
}

async function build(module: string, tool: string, program: string): Promise<void> {
  const folder = path.dirname(program);
  mkdirSync(path.dirname(folder), { recursive: true });
  const unfinished = mkdtempSync(`${folder}.`);
  try {
    const target = path.join(unfinished, path.basename(program));
    const child = spawn('go', ['build', '-trimpath', '-ldflags=-s -w', '-o', target, tool], {
      cwd: module,
      env: { ...process.env, CGO_ENABLED: '0' },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', resolve);
    });
    if (child.pid !== undefined) setPriority(child.pid, 10);
    const status = await ended;
    if (status !== 0) throw new Error(`go build of ${tool} ended with ${status ?? 'a signal'} in ${module}`);
    // Another run may have been as far first: then its result is as good.
    if (!existsSync(program)) renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}
