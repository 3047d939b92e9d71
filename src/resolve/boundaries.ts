/**
 * What the resolver does not follow, whatever level a namespace enforces: paths that lead out of the source, where other jobs'
 * files are; registries that the configuration does not allow; ways to a registry on which others can listen.
 */
import { TooComplex } from '../dependencies/budget.ts';
import { variableIn } from '../dependencies/npm/npmrc.ts';
import { unreadable as unreadableManifest } from '../dependencies/npm/rules/unreadable.ts';
import { npmrcConnection } from '../dependencies/npm/rules/npmrc-connection.ts';
import { npmrcRegistry } from '../dependencies/npm/rules/npmrc-registry.ts';
import { npmrcSetting } from '../dependencies/npm/rules/npmrc-setting.ts';
import { npmrcVariable } from '../dependencies/npm/rules/npmrc-variable.ts';
import { readNpmSource } from '../dependencies/npm/source.ts';
import { treeOf } from '../dependencies/python/format/paths.ts';
import { REQUIREMENTS } from '../dependencies/python/judge.ts';
import { Pins } from '../dependencies/python/pins.ts';
import { knownVersions } from '../dependencies/python/known-versions.ts';
import { readRequirements } from '../dependencies/python/requirements.ts';
import { findLinks } from '../dependencies/python/rules/find-links.ts';
import { includes } from '../dependencies/python/rules/include.ts';
import { indexOptions } from '../dependencies/python/rules/index-option.ts';
import { paths } from '../dependencies/python/rules/path.ts';
import { trustedHosts } from '../dependencies/python/rules/trusted-host.ts';
import { unreadable } from '../dependencies/python/rules/unreadable.ts';
import { variables } from '../dependencies/python/rules/variable.ts';
import type { DependencySettings } from '../dependencies/settings.ts';
import type { SourceFiles } from '../function/files.ts';
import type { Language } from '../function/languages.ts';
import { formatPlace, type Place } from '../outcome/place.ts';

const NPM_RULES = [npmrcRegistry, npmrcConnection, npmrcSetting, npmrcVariable];
const PYTHON_RULES = [unreadable, includes, variables, indexOptions, findLinks, trustedHosts, paths];

/**
 * @param environment of the tools; a source must not have a variable of it sent anywhere
 * @returns one line for each thing that is not followed
 */
export function crossings(
  files: SourceFiles,
  language: Language,
  settings: DependencySettings,
  environment: Readonly<Record<string, string>>,
): readonly string[] {
  try {
    return [...(language === 'nodejs' ? npmCrossings(files, settings, environment) : pythonCrossings(files, settings))];
  } catch (error) {
    if (error instanceof TooComplex) return [error.message];
    throw error;
  }
}

function* npmCrossings(
  files: SourceFiles,
  settings: DependencySettings,
  environment: Readonly<Record<string, string>>,
): Generator<string> {
  const source = readNpmSource(files, settings);
  if (source === undefined) return;
  if ('problem' in source) {
    yield lineOf(unreadableManifest(source));
    return;
  }
  for (const { asked, spec } of source.specs) {
    if ((spec.kind === 'file' || spec.kind === 'directory') && spec.path === undefined)
      yield `${asked.manifest.file}: ${asked.name} is a path that leads out of the source`;
  }
  for (const finding of NPM_RULES.flatMap((rule) => rule(source)))
    if (finding.level === 'no-latest') yield lineOf(finding);
  for (const { key, value, line } of source.npmrc.settings) {
    const name = variableIn(value);
    if (name !== undefined && Object.hasOwn(environment, name))
      yield `.npmrc:${line}: ${key} uses the variable ${name}`;
  }
}

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
  for (const rule of PYTHON_RULES) for (const finding of rule(context)) yield lineOf(finding);
}

const lineOf = (finding: Place & { readonly problem: string }): string => `${formatPlace(finding)}: ${finding.problem}`;
