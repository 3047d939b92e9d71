/**
 * Programs in Go that tests run: each a folder here with a go.mod that names one tool and its exact version. They are built
 * once, from Go's module proxy with go.sum, into a folder outside of the checkout.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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
  mkdirSync(path.dirname(path.dirname(program)), { recursive: true });
  await alone(`${path.dirname(program)}.lock`, async () => {
    if (!existsSync(program)) await build(module, tool, program);
  });
  return program;
}

/** Test files run side by side: one of them builds, the others wait. A lock of a process that is gone counts for nothing. */
async function alone(lock: string, work: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch {
      const holder = Number(readOr(lock, '0'));
      if (holder > 0 && !isAlive(holder)) rmSync(lock, { force: true });
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
  try {
    await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

const readOr = (file: string, otherwise: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : otherwise);

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
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
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}
