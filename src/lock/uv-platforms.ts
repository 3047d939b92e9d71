import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { resolverFiles } from '../dependencies/lock-files.ts';
import type { SourceFiles } from '../function/files.ts';
import { isFailure, PLATFORMS, type LockFailure, type LockRequest, type Platform } from './lock.ts';
import { LOCK, readUvLock, type Resolution, type ResolvedPackage, writePylock } from './pylock.ts';
import type { ToolContext } from './tool-context.ts';
import { withFolder } from './tool.ts';
import { resolveWithUv } from './uv.ts';

/**
 * Resolves requirements.txt for each platform, to the same versions as far as all have them.
 *
 * All are resolved at the same time. Nearly always they agree; if not, the others are resolved again, one after the other, with the
 * versions that are chosen by then as the preferred ones.
 *
 * @param first folder with the source's files, for the first platform
 */
export async function resolvePlatforms(
  request: LockRequest,
  first: string,
  context: ToolContext,
): Promise<Resolution | LockFailure> {
  const { name, files, language, platforms = PLATFORMS, version } = request;
  const inFolder = <Result>(work: (folder: string) => Promise<Result>): Promise<Result> =>
    withFolder(name, resolverFiles(files, language), context, work);
  const resolve = (folder: string, platform: Platform): Promise<readonly ResolvedPackage[] | LockFailure> =>
    resolveWithUv(folder, platform, request, context);
  const together = await Promise.all(
    platforms.map((platform, index) =>
      index === 0 ? resolve(first, platform) : inFolder((folder) => resolve(folder, platform)),
    ),
  );
  const resolution = new Map<Platform, readonly ResolvedPackage[]>();
  for (const [index, platform] of platforms.entries()) {
    const alone = together[index] ?? [];
    if (isFailure(alone) && (alone.temporary === true || resolution.size === 0)) return alone;
    const packages = agrees(alone, resolution)
      ? alone
      : await inFolder(async (folder) => {
          await writeFile(path.join(folder, LOCK), preferredLock(files, resolution, version));
          return resolve(folder, platform);
        });
    if (isFailure(packages)) return packages;
    resolution.set(platform, packages);
  }
  return resolution;
}

/** Whether no package has another version than the platforms before. */
function agrees(packages: readonly ResolvedPackage[] | LockFailure, resolution: Resolution): boolean {
  if (isFailure(packages)) return false;
  const versions = new Map([...resolution.values()].flat().map((item) => [item.name, item.version]));
  return packages.every((item) => versions.get(item.name) === undefined || versions.get(item.name) === item.version);
}

/**
 * The lock whose versions uv prefers for the next platform: those of the platforms before, so that all get the same, then
 * those that the source's lock has for what only this platform needs.
 */
function preferredLock(files: SourceFiles, resolution: Resolution, version: string): string {
  const [first] = resolution;
  if (first === undefined) return '';
  const [platform, resolved] = first;
  const names = new Set(resolved.map((item) => item.name));
  const others = lockedPackages(files).filter((item) => !names.has(item.name));
  return writePylock(new Map([[platform, [...resolved, ...others]]]), version);
}

/** A lock that cannot be read is reported by uv. */
function lockedPackages(files: SourceFiles): readonly ResolvedPackage[] {
  try {
    return readUvLock(new TextDecoder().decode(files.get(LOCK)));
  } catch {
    return [];
  }
}
