import { treeOf } from '../../dependencies/python/format/paths.ts';
import { REQUIREMENTS } from '../../dependencies/python/judge.ts';
import { knownVersions } from '../../dependencies/python/known-versions.ts';
import { Pins } from '../../dependencies/python/pins.ts';
import { readRequirements } from '../../dependencies/python/requirements.ts';
import { findLinks } from '../../dependencies/python/rules/find-links.ts';
import { includes } from '../../dependencies/python/rules/include.ts';
import { indexOptions } from '../../dependencies/python/rules/index-option.ts';
import { paths } from '../../dependencies/python/rules/path.ts';
import { trustedHosts } from '../../dependencies/python/rules/trusted-host.ts';
import { unreadable } from '../../dependencies/python/rules/unreadable.ts';
import { variables } from '../../dependencies/python/rules/variable.ts';
import type { DependencySettings } from '../../dependencies/settings.ts';
import type { SourceFiles } from '../../function/files.ts';
import { credentialsOf } from '../../pod/fast-install/index-credentials.ts';
import { type PipSettings, readPipConf, untrustedIndex } from '../../pod/fast-install/pip-conf.ts';
import { lineOf } from './line.ts';
import type { JobFiles, ResolveRow, ToolEnvironment, Variables } from './row.ts';

export const PYTHON: ResolveRow = {
  crossings: pythonCrossings,
  asksPublicOnly: (files) => {
    const { options, requirements } = readRequirements(treeOf(files), REQUIREMENTS);
    return options.length === 0 && requirements.every(({ target }) => target.kind === 'index');
  },
  environment: forUv,
};

const RULES = [unreadable, includes, variables, indexOptions, findLinks, trustedHosts, paths];

function* pythonCrossings(files: SourceFiles, settings: DependencySettings): Generator<string> {
  const tree = treeOf(files);
  const reading = readRequirements(tree, REQUIREMENTS);
  const context = {
    tree,
    settings,
    reading,
    pins: new Pins(reading.requirements),
    dynamic: [],
    known: knownVersions(files),
  };
  for (const rule of RULES) for (const finding of rule(context)) yield lineOf(finding);
}

const NO_SETTINGS: PipSettings = { extraIndexes: [], trustedHosts: [] };

function forUv(
  { files, registrySettings }: JobFiles,
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
