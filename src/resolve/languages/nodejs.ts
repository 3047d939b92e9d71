import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { TooComplex } from '../../dependencies/budget.ts';
import { NPMRC, readNpmrc, secretsOf, variableIn } from '../../dependencies/npm/npmrc.ts';
import { npmrcConnection } from '../../dependencies/npm/rules/npmrc-connection.ts';
import { npmrcRegistry } from '../../dependencies/npm/rules/npmrc-registry.ts';
import { npmrcSetting } from '../../dependencies/npm/rules/npmrc-setting.ts';
import { npmrcVariable } from '../../dependencies/npm/rules/npmrc-variable.ts';
import { unreadable as unreadableManifest } from '../../dependencies/npm/rules/unreadable.ts';
import { readNpmSource } from '../../dependencies/npm/source.ts';
import type { Spec } from '../../dependencies/npm/spec.ts';
import { DEFAULT_DEPENDENCY_SETTINGS, type DependencySettings } from '../../dependencies/settings.ts';
import type { SourceFiles } from '../../function/files.ts';
import { lineOf } from './line.ts';
import type { JobFiles, ResolveRow, ToolEnvironment, Variables } from './row.ts';

export const NODEJS: ResolveRow = {
  crossings: npmCrossings,
  asksPublicOnly: (files) => !files.has(NPMRC) && asksRegistryOnly(files),
  environment: forNpm,
};

const RULES = [npmrcRegistry, npmrcConnection, npmrcSetting, npmrcVariable];

function* npmCrossings(files: SourceFiles, settings: DependencySettings, environment: Variables): Generator<string> {
  const source = readNpmSource(files, settings);
  if (source === undefined) return;
  if ('problem' in source) {
    yield lineOf(unreadableManifest(source));
    return;
  }
  for (const { asked, spec } of source.specs) {
    if ((spec.kind === 'file' || spec.kind === 'directory') && spec.path === undefined)
      yield `${asked.packageJson.file}: ${asked.name} is a path that leads out of the source`;
  }
  for (const finding of RULES.flatMap((rule) => rule(source))) if (finding.level === 'no-latest') yield lineOf(finding);
  for (const { key, value, line } of source.npmrc.settings) {
    const name = variableIn(value);
    if (name !== undefined && Object.hasOwn(environment, name))
      yield `.npmrc:${line}: ${key} uses the variable ${name}`;
  }
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

async function forNpm(
  { registrySettings }: JobFiles,
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
