import { judgeDependencies } from '../dependencies/judge.ts';
import { refuses } from '../dependencies/policy.ts';
import { requirementsNeedingScripts } from '../dependencies/python/needing-scripts.ts';
import { formatPlace } from '../outcome/place.ts';
import { resolverFiles, withoutLocks } from '../dependencies/lock-files.ts';
import { type LockFailure, type LockOutcome, type LockRequest, type Platform } from './lock.ts';
import { ALLOW, findPip, INSTALL_UV, ownPlatform, resolveWithPip } from './pip.ts';
import { LOCK, type ResolvedPackage, writePylock } from './pylock.ts';
import type { ToolContext } from './tool-context.ts';
import { withFolder } from './tool.ts';
import { findUv } from './uv.ts';
import { resolvePlatforms } from './uv-platforms.ts';

const PUBLIC_HOSTS = ['files.pythonhosted.org', 'pypi.org'];

/** Writes pylock.toml through uv or pip; requirements.txt stays as its author wrote it. */
export async function lockPython(request: LockRequest, context: ToolContext): Promise<LockOutcome> {
  const { files, version } = request;
  // Requirements with a hash each are a lock themselves.
  if (!files.has(LOCK) && isLocked(request)) {
    const text = new TextDecoder().decode(files.get('requirements.txt'));
    return {
      file: 'requirements.txt',
      text,
      notes: ['requirements.txt is locked already: each requirement has its hashes'],
    };
  }
  if (!files.has('requirements.txt')) {
    const fix = 'add the requirements, or write pylock.toml again with the tool that wrote it';
    return { problem: 'there is a pylock.toml and no requirements.txt, so there is nothing to lock', fix };
  }
  // Neither pip's nor uv's --only-binary holds for an editable project, pip's for no folder, repository or archive.
  const needing = request.builds ? [] : requirementsNeedingScripts(files);
  if (needing.length > 0) {
    const details = needing.map((needed) => `${formatPlace(needed)}: ${needed.problem}`);
    return { problem: 'a dependency would run its own code to be resolved', fix: ALLOW, details };
  }
  const start = request.fresh === true ? withoutLocks(files) : files;
  return await withFolder(request.name, resolverFiles(start, 'python'), context, async (folder) => {
    const resolution = new Map<Platform, readonly ResolvedPackage[]>();
    const notes: string[] = [];
    if ((await findUv(folder, context)) !== undefined) {
      const resolved = await resolvePlatforms({ ...request, files: start }, folder, context);
      if ('problem' in resolved) return resolved;
      for (const [platform, packages] of resolved) resolution.set(platform, packages);
    } else if (request.age !== undefined) {
      return { problem: 'uv was not found, and pip cannot lock with a minimum age', fix: INSTALL_UV };
    } else if (!context.pip) {
      return { problem: 'uv was not found', fix: 'use the image that belongs to this version of Buildless' };
    } else {
      const own = ownPlatform();
      const other = request.platforms?.find((platform) => platform !== own);
      if (own === undefined || other !== undefined) {
        return {
          problem: `pip can lock for the machine that it runs on, and not for ${other ?? 'Linux'} from here`,
          fix: INSTALL_UV,
        };
      }
      const python = await findPip(version, folder, context);
      if (typeof python !== 'string') return python;
      const packages = await resolveWithPip(folder, python, request, context);
      if ('problem' in packages) return packages;
      resolution.set(own, packages);
      notes.push(`locked for ${own} alone, as uv is missing`);
    }
    const fault = faultOf([...resolution.values()].flat(), request.allowed);
    return fault ?? { file: LOCK, text: writePylock(resolution, version), notes };
  });
}

const isLocked = ({ files, language }: LockRequest): boolean =>
  judgeDependencies(files, language).every((finding) => !refuses('locked', finding));

function faultOf(packages: readonly ResolvedPackage[], allowed: readonly string[]): LockFailure | undefined {
  const unhashed = packages.find((item) => item.unhashed !== undefined);
  if (unhashed !== undefined) {
    const what = unhashed.unhashed === 'vcs' ? 'a repository' : 'a folder';
    return {
      problem: `${unhashed.name} comes from ${what}, for which no hash can be checked`,
      fix: 'ask for a released version of it',
    };
  }
  const allowedHosts = [...PUBLIC_HOSTS, ...allowed.map((address) => new URL(address).host)];
  const urls = packages.flatMap(({ wheels, sdist }) => [...wheels, ...(sdist === undefined ? [] : [sdist])]);
  const foreign = urls
    .map(({ url }) => (URL.canParse(url) ? new URL(url).host : url))
    .find((host) => !allowedHosts.includes(host));
  if (foreign === undefined) return undefined;
  return {
    problem: `the files come from ${foreign}, which the configuration does not allow`,
    fix: 'lock with the public index (UV_DEFAULT_INDEX or PIP_INDEX_URL), or add the index to dependencies.registries.python and give --config',
  };
}
