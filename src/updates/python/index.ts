import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { treeOf } from '../../dependencies/python/format/paths.ts';
import { compareVersions } from '../../dependencies/python/format/versions.ts';
import { explain } from '../../dependencies/python/format/version-order.ts';
import { REQUIREMENTS } from '../../dependencies/python/judge.ts';
import { readRequirements } from '../../dependencies/python/requirements.ts';
import type { SourceFiles } from '../../function/files.ts';
import { indexesOf } from '../../lock/indexes.ts';
import { isFailure, PLATFORMS, type LockFailure, type Platform } from '../../lock/lock.ts';
import { INSTALL_UV } from '../../lock/pip.ts';
import { readUvLock } from '../../lock/pylock.ts';
import { runResolver, unreachableFailure } from '../../lock/resolver.ts';
import type { ToolContext } from '../../lock/tool-context.ts';
import { temporaryEnd } from '../../lock/temporary.ts';
import { messageOf, withFolder } from '../../lock/tool.ts';
import { findUv, ONLY_WHEELS, PLATFORM_NAMES } from '../../lock/uv.ts';
import { inTurn } from '../in-turn.ts';
import type { Pin } from '../pin.ts';
import {
  keyOf,
  type AskingSource,
  type Registry,
  type Release,
  type Standing,
  type WithRegistry,
} from '../registry.ts';

/**
 * Asks by resolving single requirements through uv, so that indexes and credentials are those of uv and of the source, and only
 * versions are found that a lock for the Function's Python and platforms could have.
 */
export const withIndex: WithRegistry = async (source, context, work) =>
  await withFolder(source.name, source.files, context, async (folder) => {
    if ((await findUv(folder, context)) === undefined) {
      return { problem: 'uv was not found, which looks up versions of Python packages', fix: INSTALL_UV };
    }
    return await work(new PythonIndex(source, folder, context));
  });

/** Options of a requirements file that say where packages come from. */
const SOURCES = ['index-url', 'extra-index-url', 'no-index', 'find-links'];

interface Found extends Release {
  /** What uv warned of. */
  readonly yanked?: string;
}

class PythonIndex implements Registry {
  readonly #source: AskingSource;
  readonly #folder: string;
  readonly #context: ToolContext;
  readonly #options: readonly string[];
  #queries = 0;

  constructor(source: AskingSource, folder: string, context: ToolContext) {
    this.#source = source;
    this.#folder = folder;
    this.#context = context;
    this.#options = indexOptions(source.files);
  }

  async standingOf({ name, version }: Pin, before: string | undefined): Promise<Standing | LockFailure> {
    const [platform, ...others] = this.#source.platforms ?? PLATFORMS;
    const current = await this.#find(`${name}==${version}`, platform ?? 'linux/amd64');
    if (isFailure(current)) return current;
    const newest = await this.#newest(`${name}>=${version}`, version, [platform ?? 'linux/amd64', ...others], before);
    if (newest !== undefined && isFailure(newest)) return newest;
    const wanted =
      newest === undefined || isWithin(newest.version, prefixOf(version))
        ? newest
        : await this.#newest(
            `${name}>=${version},==${prefixOf(version)}.*`,
            version,
            [platform ?? 'linux/amd64', ...others],
            before,
          );
    if (wanted !== undefined && isFailure(wanted)) return wanted;
    const { yanked, published } = current;
    return {
      ...(published !== undefined && { published }),
      ...(yanked !== undefined && { withdrawn: yanked }),
      ...(wanted !== undefined && { wanted }),
      ...(newest !== undefined && { newest }),
    };
  }

  async publishedOf(packages: Parameters<Registry['publishedOf']>[0]): Promise<ReadonlyMap<string, string>> {
    const found = await inTurn(packages, async ([name, version]) => {
      for (const platform of this.#source.platforms ?? PLATFORMS) {
        const release = await this.#find(`${name}==${version}`, platform);
        if (!isFailure(release) && release.published !== undefined)
          return [[keyOf(name, version), release.published] as const];
      }
      return [];
    });
    return new Map(found.flat());
  }

  /** The newest version that each platform can have; undefined if that is not newer than the pin. */
  async #newest(
    requirement: string,
    version: string,
    platforms: readonly Platform[],
    before: string | undefined,
  ): Promise<Release | LockFailure | undefined> {
    let newest: Release | undefined;
    for (const platform of platforms) {
      const found = await this.#find(requirement, platform, before);
      // The pin itself may be yanked or too young, and then nothing is left to choose from.
      if (isFailure(found)) return found.temporary === true ? found : undefined;
      if (newest === undefined || isNewer(newest.version, found.version)) newest = found;
    }
    if (newest === undefined || !isNewer(newest.version, version)) return undefined;
    const { version: chosen, published } = newest;
    return { version: chosen, ...(published !== undefined && { published }) };
  }

  async #find(requirement: string, platform: Platform, before?: string): Promise<Found | LockFailure> {
    this.#queries += 1;
    const query = `buildless-query-${this.#queries}.txt`;
    await writeFile(path.join(this.#folder, query), [...this.#options, requirement, ''].join('\n'));
    const args = [
      ...['pip', 'compile', query, '--no-deps', '--no-header', '--format', 'pylock.toml', '--prerelease', 'explicit'],
      ...['--python-version', this.#source.version, '--python-platform', PLATFORM_NAMES[platform]],
      ...(this.#source.builds ? [] : ONLY_WHEELS),
      ...(before === undefined ? [] : ['--exclude-newer', before]),
    ];
    const registries = (): Promise<readonly string[]> => indexesOf(this.#folder, this.#context);
    const end = await runResolver({ tool: 'uv', command: 'uv', args, folder: this.#folder, registries }, this.#context);
    if ('unreachable' in end) return unreachableFailure('uv', end.unreachable);
    const [found] = end.code === 0 ? readUvLock(end.stdout) : [];
    if (found === undefined) {
      return {
        problem: `uv found no ${requirement} for Python ${this.#source.version} on ${platform}`,
        fix: 'correct the name or the version, or give uv the index and its credentials',
        details: messageOf(end, this.#context, () => true),
        ...temporaryEnd(end),
      };
    }
    const times = [found.sdist, ...found.wheels].flatMap((file) => file?.uploaded ?? []).sort();
    const yanked = yankedIn(end.stderr);
    return {
      version: found.version,
      ...(times[0] !== undefined && { published: times[0] }),
      ...(yanked !== undefined && { yanked }),
    };
  }
}

function indexOptions(files: SourceFiles): readonly string[] {
  const { options } = readRequirements(treeOf(files), REQUIREMENTS);
  return options
    .filter(({ name }) => SOURCES.includes(name))
    .map(({ name, value }) => (value === '' ? `--${name}` : `--${name} ${value}`));
}

/** `warning: `NAME==VERSION` is yanked (reason: "TEXT")`. */
function yankedIn(stderr: string): string | undefined {
  const line = stderr.split('\n').find((each) => each.startsWith('warning: `') && each.includes('` is yanked'));
  if (line === undefined) return undefined;
  const [, reason = ''] = line.split('(reason: "');
  return reason === '' ? 'without a reason' : reason.replace(/"\)$/, '');
}

const isNewer = (version: string, than: string): boolean => (compareVersions(version, than) ?? 0) > 0;

/** What a version without a breaking change begins with: `2`, below 1.0 `0.4`. */
function prefixOf(version: string): string {
  const { epoch, release } = explain(version) ?? { epoch: 0, release: [] };
  const [major = 0, minor = 0] = release;
  return `${epoch === 0 ? '' : `${epoch}!`}${major}${major === 0 ? `.${minor}` : ''}`;
}

const isWithin = (version: string, prefix: string): boolean => prefixOf(version) === prefix;
