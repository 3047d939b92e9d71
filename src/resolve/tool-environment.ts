/** What npm and uv see in a job: nothing of this process but the way to the network, and the registry settings of the job. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { TooComplex } from '../dependencies/budget.ts';
import { readNpmSource } from '../dependencies/npm/source.ts';
import type { Spec } from '../dependencies/npm/spec.ts';
import { DEFAULT_DEPENDENCY_SETTINGS } from '../dependencies/settings.ts';
import { NPMRC, readNpmrc, secretsOf } from '../dependencies/npm/npmrc.ts';
import { treeOf } from '../dependencies/python/format/paths.ts';
import { REQUIREMENTS } from '../dependencies/python/judge.ts';
import { readRequirements } from '../dependencies/python/requirements.ts';
import type { SourceFiles } from '../function/files.ts';
import type { Language } from '../function/languages.ts';
import { credentialsOf } from '../pod/fast-install/index-credentials.ts';
import { type PipSettings, readPipConf, untrustedIndex } from '../pod/fast-install/pip-conf.ts';
import { NETWORK_VARIABLES, pickEnvironment } from '../pod/prepare/program.ts';

export interface ToolEnvironment {
  readonly variables: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

export interface JobSettings {
  readonly files: SourceFiles;
  readonly language: Language;
  /** `.npmrc` or `pip.conf` of the Secret. */
  readonly registrySettings: string | undefined;
}

/** Variables of this process that a tool is given; npm takes authorities of Node.js, uv and Git those of OpenSSL. */
const PASSED_ON = ['PATH', ...NETWORK_VARIABLES, 'NODE_EXTRA_CA_CERTS'];

/**
 * @param folder of the job: home, temporary files, and settings with secrets, until the job ends
 * @param cache folder that jobs without settings of their own share
 * @param environment of this process
 * @returns why the settings cannot be used
 */
export async function toolEnvironment(
  job: JobSettings,
  folder: string,
  cache: string,
  environment: NodeJS.ProcessEnv,
): Promise<ToolEnvironment | { readonly unusable: string }> {
  const common = {
    ...pickEnvironment(environment, PASSED_ON),
    HOME: folder,
    TMPDIR: folder,
    LC_ALL: 'C.UTF-8',
    NO_COLOR: '1',
  };
  const cacheFolder = asksPublicOnly(job) ? cache : path.join(folder, 'cache');
  return job.language === 'nodejs'
    ? await forNpm(job, folder, cacheFolder, common)
    : forUv(job, folder, cacheFolder, common);
}

/**
 * Whether nothing but the public registry is asked, in the ordinary way. Others must not see what was fetched with credentials,
 * nor get what came through a proxy or an index that a source names, nor wait for a server that somebody chose.
 */
export function asksPublicOnly({ files, language, registrySettings }: JobSettings): boolean {
  if (registrySettings !== undefined) return false;
  if (language === 'nodejs') return !files.has(NPMRC) && asksRegistryOnly(files);
  const { options, requirements } = readRequirements(treeOf(files), REQUIREMENTS);
  return options.length === 0 && requirements.every(({ target }) => target.kind === 'index');
}

/** Whether no package comes from an address or a repository. */
function asksRegistryOnly(files: SourceFiles): boolean {
  try {
    const source = readNpmSource(files, DEFAULT_DEPENDENCY_SETTINGS);
    if (source === undefined || 'problem' in source) return false;
    return source.specs.every(({ spec }) => FROM_REGISTRY.has(spec.kind));
  } catch (error) {
    if (error instanceof TooComplex) return false;
    throw error;
  }
}

/** Of the registry, or of the source itself. */
const FROM_REGISTRY: ReadonlySet<Spec['kind']> = new Set(['version', 'range', 'tag', 'alias', 'file', 'directory']);

type Variables = Readonly<Record<string, string>>;

async function forNpm(
  { registrySettings }: JobSettings,
  folder: string,
  cache: string,
  common: Variables,
): Promise<ToolEnvironment> {
  const userconfig = path.join(folder, 'npmrc');
  await writeFile(userconfig, registrySettings ?? '', { mode: 0o600 });
  const settings = registrySettings === undefined ? [] : readNpmrc(Buffer.from(registrySettings)).settings;
  return {
    // The environment is stronger than the .npmrc of a source (docs.npmjs.com/cli/using-npm/config).
    variables: {
      ...common,
      npm_config_userconfig: userconfig,
      npm_config_globalconfig: '/dev/null',
      npm_config_cache: cache,
      npm_config_logs_max: '0',
      // A job that waits takes another's place; the controller tries again.
      npm_config_fetch_retries: '2',
      npm_config_fetch_retry_mintimeout: '1000',
      npm_config_fetch_retry_maxtimeout: '5000',
      npm_config_fetch_timeout: '60000',
      npm_config_maxsockets: '15',
    },
    secrets: settings.flatMap(secretsOf),
  };
}

const NO_SETTINGS: PipSettings = { extraIndexes: [], trustedHosts: [] };

function forUv(
  { files, registrySettings }: JobSettings,
  folder: string,
  cache: string,
  common: Variables,
): ToolEnvironment | { readonly unusable: string } {
  const settings = registrySettings === undefined ? NO_SETTINGS : readPipConf(registrySettings);
  if ('unknown' in settings)
    return { unusable: `pip.conf has ${settings.unknown}, which uv does not read as pip does` };
  const untrusted = untrustedIndex(settings);
  if (untrusted !== undefined)
    return { unusable: `the index at ${untrusted} has no TLS and is not in "trusted-host" of pip.conf` };
  const { index, extraIndexes, trustedHosts, certificates } = settings;
  // What a requirements file names counts before the settings (handle_option_line of pip's req_file.py).
  const { options } = readRequirements(treeOf(files), REQUIREMENTS);
  const ownIndex = options.some(({ name }) => name === 'index-url' || name === 'no-index');
  // A file of the Pod that installs, which is not here.
  if (certificates !== undefined) return { unusable: `pip.conf has cert=${certificates}, a file that only Pods have` };
  return {
    variables: {
      ...common,
      UV_CACHE_DIR: cache,
      UV_NO_CONFIG: '1',
      UV_PYTHON_DOWNLOADS: 'never',
      UV_KEYRING_PROVIDER: 'disabled',
      UV_INDEX_STRATEGY: 'unsafe-best-match',
      UV_NO_PROGRESS: '1',
      UV_HTTP_TIMEOUT: '30',
      // Addresses may hold credentials, and an argument list can be read by all.
      ...(index !== undefined && !ownIndex && { UV_DEFAULT_INDEX: index }),
      ...(extraIndexes.length > 0 && { UV_INDEX: extraIndexes.join(' ') }),
      ...(trustedHosts.length > 0 && { UV_INSECURE_HOST: trustedHosts.join(' ') }),
    },
    secrets: [index, ...extraIndexes].flatMap(credentialsOf),
  };
}
