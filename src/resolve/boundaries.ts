/**
 * What the resolver does not follow, whatever level a namespace enforces: paths that lead out of the source, where other jobs'
 * files are; registries that the configuration does not allow; ways to a registry on which others can listen.
 */
import { TooComplex } from '../dependencies/budget.ts';
import type { DependencySettings } from '../dependencies/settings.ts';
import type { SourceFiles } from '../function/files.ts';
import type { Language } from '../function/languages.ts';
import { RESOLVING } from './languages.ts';

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
    return [...RESOLVING.of(language).crossings(files, settings, environment)];
  } catch (error) {
    if (error instanceof TooComplex) return [error.message];
    throw error;
  }
}
