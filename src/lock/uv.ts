import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { LockFailure, LockRequest, Platform } from './lock.ts';
import { readUvLock, type ResolvedPackage } from './pylock.ts';
import { indexesOf } from './indexes.ts';
import { runResolver, unreachableFailure } from './resolver.ts';
import type { ToolContext } from './tool-context.ts';
import { temporaryEnd } from './temporary.ts';
import { messageOf, runTool } from './tool.ts';

/** The oldest glibc that a runtime's image may have; a wheel for an older one runs on a newer one (PEP 600). */
export const PLATFORM_NAMES: Readonly<Record<Platform, string>> = {
  'linux/amd64': 'x86_64-manylinux_2_28',
  'linux/arm64': 'aarch64-manylinux_2_28',
};

/** Without builds, uv needs no Python of that version, which it would download. */
export const ONLY_WHEELS = ['--only-binary', ':all:', '--no-python-downloads'] as const;

/** @returns the version of the uv on the PATH; undefined if there is none */
export async function findUv(folder: string, context: ToolContext): Promise<string | undefined> {
  const end = await runTool('uv', ['--version'], folder, context);
  return end.code === 0 ? /^uv (\S+)/.exec(end.stdout)?.[1] : undefined;
}

/** Resolves requirements.txt for one platform; versions of a pylock.toml in the folder are kept as far as they fit. */
export async function resolveWithUv(
  folder: string,
  platform: Platform,
  { version, builds, age }: Pick<LockRequest, 'version' | 'builds' | 'age'>,
  context: ToolContext,
): Promise<readonly ResolvedPackage[] | LockFailure> {
  const end = await runResolver(
    {
      tool: 'uv',
      command: 'uv',
      registries: () => indexesOf(folder, context),
      args: [
        ...['pip', 'compile', 'requirements.txt', '--quiet', '--no-header', '--format', 'pylock.toml'],
        ...['--output-file', 'pylock.toml', '--generate-hashes'],
        ...['--python-version', version, '--python-platform', PLATFORM_NAMES[platform]],
        ...(builds ? [] : ONLY_WHEELS),
        ...(age === undefined ? [] : ['--exclude-newer', age.before]),
        ...[...(age?.except ?? [])].flatMap(([name, time]) => ['--exclude-newer-package', `${name}=${time}`]),
      ],
      folder,
    },
    context,
  );
  if ('unreachable' in end) return unreachableFailure('uv', end.unreachable);
  if (end.code === 0) return readUvLock(await readFile(path.join(folder, 'pylock.toml'), 'utf8'));
  return {
    problem: `uv could not resolve requirements.txt for Python ${version} on ${platform}`,
    fix: 'correct what uv reports',
    details: messageOf(end, context, () => true),
    ...temporaryEnd(end),
  };
}
