import { judgeDependencies } from '../dependencies/judge.ts';
import { refuses } from '../dependencies/policy.ts';
import { requirementsNeedingScripts } from '../dependencies/python/needing-scripts.ts';
import { placeOf } from '../outcome/finding.ts';
import { resolverFiles, withoutLocks } from '../revision/lock-files.ts';
import { PLATFORMS, type LockFailure, type LockOutcome, type LockRequest, type Platform } from './lock.ts';
import { ALLOW, findPip, ownPlatform, resolveWithPip } from './pip.ts';
import { type ResolvedPackage, writePylock } from './pylock.ts';
import { withFolder } from './tool.ts';
import { findUv, resolveWithUv } from './uv.ts';

const LOCK = 'pylock.toml';
const PUBLIC_HOSTS = ['files.pythonhosted.org', 'pypi.org'];

/** Writes pylock.toml through uv or pip; requirements.txt stays as its author wrote it. */
export async function lockPython(request: LockRequest): Promise<LockOutcome> {
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
    const fix = 'add the requirements, or make pylock.toml anew with the tool that wrote it';
    return { problem: 'there is a pylock.toml and no requirements.txt, so nothing to lock anew', fix };
  }
  // Neither pip's nor uv's --only-binary holds for an editable project, pip's for no folder, repository or archive.
  const needing = request.builds ? [] : requirementsNeedingScripts(files);
  if (needing.length > 0) {
    const details = needing.map((needed) => `${placeOf(needed)}: ${needed.problem}`);
    return { problem: 'a dependency would run its own code to be resolved', fix: ALLOW, details };
  }
  return await withFolder(
    request.name,
    resolverFiles(request.fresh === true ? withoutLocks(files) : files, 'python'),
    async (folder) => {
      const resolution = new Map<Platform, readonly ResolvedPackage[]>();
      const notes: string[] = [];
      if ((await findUv(folder)) !== undefined) {
        for (const platform of request.platforms ?? PLATFORMS) {
          const packages = await resolveWithUv(folder, platform, request);
          if ('problem' in packages) return packages;
          resolution.set(platform, packages);
        }
      } else {
        const own = ownPlatform();
        const other = request.platforms?.find((platform) => platform !== own);
        if (own === undefined || other !== undefined) {
          return {
            problem: `pip can lock for the machine that it runs on, and not for ${other ?? 'Linux'} from here`,
            fix: 'install uv (https://docs.astral.sh/uv), which locks for any Python and platform',
          };
        }
        const python = await findPip(version, folder);
        if (typeof python !== 'string') return python;
        const packages = await resolveWithPip(folder, python, request);
        if ('problem' in packages) return packages;
        resolution.set(own, packages);
        notes.push(`locked for ${own} alone, as uv is not there`);
      }
      const fault = faultOf([...resolution.values()].flat(), request.allowed);
      return fault ?? { file: LOCK, text: writePylock(resolution, version), notes };
    },
  );
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
    fix: 'lock with the public index (UV_DEFAULT_INDEX or PIP_INDEX_URL), or add the index to dependencies.pythonIndexes and give --config',
  };
}
