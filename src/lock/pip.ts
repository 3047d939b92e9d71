/**
 * If uv is missing: pip chooses the files by a rehearsal and reports their hashes. It reads markers by the Python and
 * the machine that it runs on, so only they can be locked for
 * (https://pip.pypa.io/en/stable/reference/installation-report/).
 */
import { arch, platform as system } from 'node:os';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isObject } from '../kubernetes/object.ts';
import type { LockFailure, LockRequest, Platform } from './lock.ts';
import { MARK, PIP_ALONE } from './pip-alone.ts';
import type { LockedFile, ResolvedPackage } from './pylock.ts';
import { indexesOf } from './indexes.ts';
import { runResolver, unreachableFailure } from './resolver.ts';
import type { ToolContext } from './tool-context.ts';
import { messageOf, runTool } from './tool.ts';

export const INSTALL_UV = 'install uv (https://docs.astral.sh/uv), which locks for any Python and platform';

/** The platform of this machine; undefined if no Function's Pod could run on it. */
export function ownPlatform(): Platform | undefined {
  if (system() !== 'linux') return undefined;
  return arch() === 'x64' ? 'linux/amd64' : arch() === 'arm64' ? 'linux/arm64' : undefined;
}

/** The Python of a version that has a pip with reports (22.2 and newer). */
export async function findPip(version: string, folder: string, context: ToolContext): Promise<string | LockFailure> {
  const script = 'import sys, pip; print("%d.%d" % sys.version_info[:2], pip.__version__)';
  const seen: string[] = [];
  for (const command of [`python${version}`, 'python3', 'python']) {
    const end = await runTool(command, ['-I', '-c', script], folder, context);
    const [python = '', pip = ''] = end.stdout.trim().split(' ');
    if (end.code !== 0) continue;
    if (python === version && Number.parseFloat(pip) >= 22.2) return command;
    seen.push(`${command} is Python ${python} with pip ${pip}`);
  }
  const have = seen.length === 0 ? 'no Python with pip is there' : seen.join(', ');
  return {
    problem: `neither uv nor a Python ${version} with pip 22.2 or newer is there (${have})`,
    fix: INSTALL_UV,
  };
}

/** What a person does about a dependency that has to be built. */
export const ALLOW =
  'use a version that has a wheel; or, if you trust the package, set buildless.dev/install-scripts: allow (for a folder: --install-scripts)';

export async function resolveWithPip(
  folder: string,
  python: string,
  { version, builds }: Pick<LockRequest, 'version' | 'builds'>,
  context: ToolContext,
): Promise<readonly ResolvedPackage[] | LockFailure> {
  const report = path.join(folder, 'report.json');
  const alone = path.join(path.dirname(folder), 'pip_alone.py');
  await writeFile(alone, PIP_ALONE);
  const end = await runResolver(
    {
      tool: 'pip',
      command: python,
      registries: () => indexesOf(folder, context),
      args: [
        ...(builds ? ['-I', '-m', 'pip'] : ['-I', alone]),
        ...['install', '--dry-run', '--ignore-installed', '--quiet', '--no-input'],
        ...['--disable-pip-version-check', '--report', report, '--requirement', 'requirements.txt'],
        ...(builds ? [] : ['--only-binary', ':all:']),
      ],
      folder,
    },
    context,
  );
  if ('unreachable' in end) return unreachableFailure('pip', end.unreachable);
  if (end.code === 0) return readReport(await readFile(report, 'utf8'));
  if (!builds && end.stderr.includes(MARK))
    return { problem: 'a dependency would run its own code to be resolved', fix: ALLOW };
  return {
    problem: `pip could not resolve requirements.txt for Python ${version}`,
    fix: 'correct what pip reports',
    details: messageOf(end, context, (line) => !line.startsWith('WARNING: ')),
  };
}

function readReport(text: string): readonly ResolvedPackage[] {
  const report: unknown = JSON.parse(text);
  const items: unknown = isObject(report) ? report.install : [];
  return (Array.isArray(items) ? items : []).filter(isObject).map((item) => {
    const metadata = isObject(item.metadata) ? item.metadata : {};
    const download = isObject(item.download_info) ? item.download_info : {};
    const archive = isObject(download.archive_info) ? download.archive_info : undefined;
    const url = textOf(download.url);
    const file: LockedFile = { url, hashes: archive === undefined ? {} : hashesOf(archive) };
    const wheel = url.endsWith('.whl');
    const direct = item.is_direct === true;
    return {
      name: textOf(metadata.name)
        .toLowerCase()
        .replaceAll(/[-_.]+/g, '-'),
      version: textOf(metadata.version),
      wheels: wheel && !direct ? [file] : [],
      ...(!wheel && !direct && { sdist: file }),
      ...(direct && archive !== undefined && { archive: file }),
      ...(archive === undefined && { unhashed: 'vcs_info' in download ? 'vcs' : 'directory' }),
    };
  });
}

/** pip before 23.0 writes `hash: "sha256=..."` only. */
function hashesOf(archive: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  if (isObject(archive.hashes)) {
    return Object.fromEntries(
      Object.entries(archive.hashes).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
  }
  const [algorithm = '', digest = ''] = textOf(archive.hash).split('=');
  return algorithm === '' ? {} : { [algorithm]: digest };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
