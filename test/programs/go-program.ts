/**
 * Programs in Go that tests run: each folder here has a go.mod that names them as tools, with exact versions. They are built
 * once, from Go's module proxy with go.sum, into a folder outside of the checkout.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { hasGo } from '../cluster/kubernetes/build.ts';
import { goBuild } from './go-build.ts';

/** Each folder, with its tools; where a folder has one, the tool has its name. */
export type GoProgram = 'helm' | 'actionlint' | 'knative' | `knative-serving/${'controller' | 'webhook' | 'queue'}`;

/** Milliseconds for a hook that builds one, with a cold cache of Go on a busy machine. */
export const GO_BUILD_TIMEOUT = 1_800_000;

export const goModule = (folder: string): string => path.join(import.meta.dirname, folder);

/**
 * Finds the program, or builds it: a minute or more the first time.
 *
 * @returns its path, or why there is none
 * @throws where `go build` fails
 */
export async function goProgram(wanted: GoProgram): Promise<string | { readonly reason: string }> {
  const [folder = '', name = folder] = wanted.split('/');
  const module = goModule(folder);
  const tools = [...readFileSync(path.join(module, 'go.mod'), 'utf8').matchAll(/^tool (\S+)$/gm)].map(
    ([, tool]) => tool,
  );
  const tool = tools.find((each) => each !== undefined && path.posix.basename(each) === name);
  if (tool === undefined) throw new Error(`${module}/go.mod does not name the tool ${name}`);
  const program = path.join(cachedFolder(wanted, module), name);
  if (existsSync(program)) return program;
  if (!hasGo()) return { reason: `no ${name} to test with: install Go` };
  mkdirSync(path.dirname(path.dirname(program)), { recursive: true });
  await alone(`${path.dirname(program)}.lock`, async () => {
    if (existsSync(program)) return;
    await goBuild({ module, package: tool, linkerFlags: '-s -w', folder: path.dirname(program), name });
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
  for (const file of readdirSync(module).sort()) hash.update(readFileSync(path.join(module, file))).update('\0');
  const cache = process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache');
  const key = `${process.platform}-${process.arch}-${hash.digest('hex').slice(0, 12)}`;
  return path.join(cache, 'buildless', name, key);
}
