import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { runInPod } from './pod/pod-programs.ts';

/** The first pip of Python 3.11 images, the last that reads addresses in the old way, and those of today. */
export const PIP_VERSIONS = ['23.0.1', '24.0', '25.3', '26.3'] as const;

/** Between runs of the tests. */
const KEPT = path.resolve(import.meta.dirname, '../node_modules/.cache/buildless/pip');

/** A Python of its own with one version of pip, as an image has it. */
export const pythonWithPip = (version: (typeof PIP_VERSIONS)[number]): Promise<string> =>
  pythonWith(version, [`pip==${version}`]);

/** The debugger of editors. */
export const pythonWithDebugpy = (): Promise<string> => pythonWith('debugpy', ['pip==26.3', 'debugpy==1.8.22']);

/** A Python of its own with these packages alone, which is kept. */
async function pythonWith(name: string, requirements: readonly string[]): Promise<string> {
  const folder = path.join(KEPT, name);
  const python = path.join(folder, 'bin/python3');
  if (existsSync(python)) return python;
  await mkdir(KEPT, { recursive: true });
  const making = await mkdtemp(path.join(KEPT, 'making-'));
  const run = (command: string, ...args: readonly string[]): string =>
    execFileSync(command, args, { stdio: 'pipe', encoding: 'utf8' });
  // The Python of any user: this one's may lie in a home folder.
  const { output } = await runInPod({ command: 'python3', args: ['-c', 'import sys; print(sys.executable)'] });
  run(output.trim(), '-m', 'venv', '--without-pip', making);
  const script = 'import sysconfig; print(sysconfig.get_path("purelib"))';
  const target = run(path.join(making, 'bin/python3'), '-c', script).trim();
  run(
    'python3',
    '-m',
    'pip',
    'install',
    '-q',
    '--disable-pip-version-check',
    '--no-deps',
    '--target',
    target,
    ...requirements,
  );
  // Of any user.
  await chmod(making, 0o755);
  // Another test file may make the same.
  await rename(making, folder).catch(async () => {
    await rm(making, { recursive: true, force: true });
  });
  return python;
}
