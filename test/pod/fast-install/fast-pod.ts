import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { fetchFastInstallers } from '../../../scripts/fast-installers.mjs';
import {
  bundlePodPrograms,
  KEPT,
  type Folders,
  type Run,
  type RunEnd,
  PREPARE,
  runInPod,
  writeTree,
} from '../pod-programs.ts';

export type FilesOfTest = Readonly<Record<string, unknown>>;

type Options = Omit<Run, 'command' | 'args'> & { readonly flags?: readonly string[] };

/** `buildless-prepare` with the real bun and uv. */
export class FastPod {
  readonly #folders: Folders;
  readonly #programs: string;
  readonly #tools: string;

  private constructor(folders: Folders, programs: string, tools: string) {
    this.#folders = folders;
    this.#programs = programs;
    this.#tools = tools;
  }

  static async open(folders: Folders): Promise<FastPod> {
    const tools = await fetchFastInstallers(KEPT);
    return new FastPod(folders, folders.keep(await bundlePodPrograms()), tools);
  }

  /** A ConfigMap as it is mounted, and an empty volume for the Function. */
  async stage(files: FilesOfTest): Promise<{ readonly source: string; readonly root: string }> {
    const source = await this.#folders.open('source');
    const root = await this.#folders.open('root');
    await writeTree(source, textsOf(files));
    execFileSync('chmod', ['-R', 'a+rX', source]);
    return { source, root };
  }

  async prepare(
    language: 'nodejs' | 'python',
    { source, root }: { readonly source: string; readonly root: string },
    { flags = [], env = {}, ...run }: Options = {},
  ): Promise<RunEnd> {
    return await runInPod({
      command: PREPARE.command,
      args: [
        ...PREPARE.options,
        path.join(this.#programs, 'prepare.mjs'),
        ...['--source=configmap:hello', `--language=${language}`, `--root=${root}`, `--from=${source}`, '--level=off'],
        ...['--timeout=120', ...flags],
      ],
      env: { BUILDLESS_TOOLS: this.#tools, ...env },
      ...run,
    });
  }

  /** `buildless-install`. */
  async install(language: 'nodejs' | 'python', root: string): Promise<RunEnd> {
    const flags = [`--root=${root}`, '--timeout=180'];
    return await runInPod(
      language === 'nodejs'
        ? { command: process.execPath, args: [path.join(this.#programs, 'nodejs/install.mjs'), ...flags] }
        : { command: 'python3', args: [path.join(this.#programs, 'python/install.py'), ...flags] },
    );
  }
}

const textsOf = (files: FilesOfTest): Record<string, string> =>
  Object.fromEntries(
    Object.entries(files).map(([name, content]) => [
      name,
      typeof content === 'string' ? content : JSON.stringify(content),
    ]),
  );

/** Requirements with all that they ask for, each with its hashes. */
export async function locked(requirements: readonly string[], version: string): Promise<string> {
  const tools = await fetchFastInstallers(KEPT);
  const options = ['pip', 'compile', '--no-config', '--quiet', '--generate-hashes', '--no-annotate', '--no-header'];
  return execFileSync(path.join(tools, 'uv'), [...options, `--python-version=${version}`, '-'], {
    input: requirements.join('\n'),
    encoding: 'utf8',
  });
}
