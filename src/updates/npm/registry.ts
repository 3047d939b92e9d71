import path from 'node:path';
import semver from 'semver';
import { isJsonObject, type JsonObject } from '../../json/object.ts';
import { isFailure, type LockFailure } from '../../lock/lock.ts';
import { findNpmTools, npmRegistries, type NpmTools } from '../../lock/npm-tools.ts';
import { runResolver, unreachableFailure } from '../../lock/resolver.ts';
import type { ToolContext } from '../../lock/tool-context.ts';
import { temporaryEnd } from '../../lock/temporary.ts';
import { messageOf, withFolder } from '../../lock/tool.ts';
import { withoutPrograms } from '../../pod/nodejs/install/no-programs.ts';
import { inTurn } from '../in-turn.ts';
import type { Pin } from '../pin.ts';
import { isUntil, keyOf, type Registry, type Release, type Standing, type WithRegistry } from '../registry.ts';

/** Asks through `npm view`, so that registries, scopes, credentials and proxies are those of npm and of the source's .npmrc. */
export const withNpm: WithRegistry = async (source, context, work) => {
  const tools = await findNpmTools(context);
  if (isFailure(tools)) return tools;
  return await withFolder(source.name, source.files, context, async (folder) => {
    const guard = await withoutPrograms(path.dirname(folder));
    return await work(new NpmRegistry({ tools, folder, guard, context }));
  });
};

interface Place {
  readonly tools: NpmTools;
  readonly folder: string;
  readonly guard: readonly string[];
  readonly context: ToolContext;
}

/** What `npm view NAME time versions dist-tags` prints. */
interface Packument {
  readonly versions: readonly string[];
  readonly time: JsonObject;
  readonly latest: string | undefined;
}

class NpmRegistry implements Registry {
  readonly #place: Place;
  readonly #packuments = new Map<string, Promise<Packument | LockFailure>>();

  constructor(place: Place) {
    this.#place = place;
  }

  async standingOf({ name, version }: Pin, before: string | undefined): Promise<Standing | LockFailure> {
    const packument = await this.#packument(name);
    if (isFailure(packument)) return packument;
    if (!packument.versions.includes(version)) return missing(name, version, packument.latest);
    const deprecated = await this.#deprecatedFrom(name, version);
    if (isFailure(deprecated)) return deprecated;
    const withdrawn = deprecated.get(version);
    const newer = newerThan(version, packument).filter(
      ({ version: each, published }) =>
        !deprecated.has(each) && (before === undefined || (published !== undefined && isUntil(published, before))),
    );
    const wanted = newer.find((release) =>
      semver.satisfies(release.version, `^${version}`, { includePrerelease: true }),
    );
    const [newest] = newer;
    return {
      ...publishedIn(packument, version),
      ...(withdrawn !== undefined && { withdrawn }),
      ...(wanted !== undefined && { wanted }),
      ...(newest !== undefined && { newest }),
    };
  }

  async publishedOf(packages: Parameters<Registry['publishedOf']>[0]): Promise<ReadonlyMap<string, string>> {
    const found = await inTurn(packages, async ([name, version]) => {
      const packument = await this.#packument(name);
      const { published } = isFailure(packument) ? {} : publishedIn(packument, version);
      return published === undefined ? [] : [[keyOf(name, version), published] as const];
    });
    return new Map(found.flat());
  }

  #packument(name: string): Promise<Packument | LockFailure> {
    const known = this.#packuments.get(name) ?? this.#readPackument(name);
    this.#packuments.set(name, known);
    return known;
  }

  async #readPackument(name: string): Promise<Packument | LockFailure> {
    const answers = await this.#view(name, name, ['versions', 'time', 'dist-tags']);
    if (answers === undefined) return unknown(name);
    if (isFailure(answers)) return answers;
    const [{ versions, time, 'dist-tags': tags } = {}] = answers;
    return {
      versions: typeof versions === 'string' ? [versions] : Array.isArray(versions) ? versions.filter(isText) : [],
      time: isJsonObject(time) ? time : {},
      latest: isJsonObject(tags) && typeof tags.latest === 'string' ? tags.latest : undefined,
    };
  }

  /** Versions that their maintainers advise against, with what they say. */
  async #deprecatedFrom(name: string, version: string): Promise<ReadonlyMap<string, string> | LockFailure> {
    const answers = await this.#view(name, `${name}@>=${version}`, ['name', 'version', 'deprecated']);
    if (answers !== undefined && isFailure(answers)) return answers;
    const deprecated = (answers ?? []).flatMap(({ version: each, deprecated: said }) =>
      isText(each) && isText(said) ? [[each, said] as const] : [],
    );
    return new Map(deprecated);
  }

  /** @returns one answer for each version that the spec admits; undefined if the registry has none */
  async #view(
    name: string,
    spec: string,
    fields: readonly string[],
  ): Promise<readonly JsonObject[] | LockFailure | undefined> {
    const { tools, folder, guard, context } = this.#place;
    const command = [tools.node, ...guard, tools.script];
    const [node, ...args] = [...command, 'view', spec, ...fields, '--json', '--git=git', '--global=false'];
    const registries = (): Promise<readonly string[]> => npmRegistries(tools, folder, context);
    const end = await runResolver({ tool: 'npm', command: node, args, folder, registries }, context);
    if ('unreachable' in end) return unreachableFailure('npm', end.unreachable);
    const answer = parsed(end.stdout);
    if (end.code === 0) return (Array.isArray(answer) ? answer : [answer]).filter(isJsonObject);
    const error = isJsonObject(answer) && isJsonObject(answer.error) ? answer.error : {};
    if (error.code === 'E404') return undefined;
    return {
      problem: `npm ${tools.version} could not look up ${name}`,
      fix: 'correct what npm reports',
      details: messageOf(
        end,
        context,
        (line) => line.startsWith('npm error') && !/complete log|debug-0\.log/.test(line),
      ),
      ...temporaryEnd(end),
    };
  }
}

/**
 * From the newest on. What is newer than the tag `latest` is not for everybody yet, unless the pin is; a pre-release counts for
 * a pin that is one of the same version.
 */
function newerThan(version: string, packument: Packument): readonly Release[] {
  const { versions, latest } = packument;
  const newest = latest !== undefined && semver.gte(latest, version) ? latest : undefined;
  return versions
    .filter((each) => semver.valid(each) !== null && semver.satisfies(each, `>${version}`))
    .filter((each) => newest === undefined || semver.prerelease(version) !== null || semver.lte(each, newest))
    .sort(semver.rcompare)
    .map((each) => ({ version: each, ...publishedIn(packument, each) }));
}

function publishedIn({ time }: Packument, version: string): { readonly published?: string } {
  const text = Object.hasOwn(time, version) ? time[version] : undefined;
  const date = new Date(isText(text) ? text : NaN);
  return Number.isNaN(date.getTime()) ? {} : { published: date.toISOString() };
}

const unknown = (name: string): LockFailure => ({
  problem: `the registry has no package ${name}`,
  fix: 'correct its name; for a private package, give npm the registry and the credentials in .npmrc',
});

const missing = (name: string, version: string, latest: string | undefined): LockFailure => ({
  problem: `the registry has no version ${version} of ${name}`,
  fix: latest === undefined ? 'write a version that exists' : `write a version that exists; the newest is ${latest}`,
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isText = (value: unknown): value is string => typeof value === 'string';
