import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type Npmrc, readNpmrc, secretsOf, secretsOfUrl } from '../../../dependencies/npm/npmrc.ts';
import { PUBLIC_REGISTRY } from '../../../dependencies/npm/registries.ts';

/** What the installer itself has to know of the `.npmrc` files that npm reads. */
export interface RegistrySettings {
  /** Where packages without a scope come from. */
  readonly registry: string;
  /** What must not be printed. */
  readonly secrets: readonly string[];
}

/**
 * Reads `.npmrc` files (docs.npmjs.com/cli/configuring-npm/npmrc); the first that names a registry counts.
 *
 * @param files the strongest first; those that do not exist are passed over
 */
export async function readRegistrySettings(
  files: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<RegistrySettings> {
  const read = await readNpmrcFiles(files);
  const registries = read.map(({ settings }) => settings.findLast(({ key }) => key === 'registry')?.value);
  const chosen = [environment.npm_config_registry, environment.NPM_CONFIG_REGISTRY, ...registries];
  return {
    registry: chosen.find((registry) => registry !== undefined) ?? PUBLIC_REGISTRY,
    secrets: [
      ...Object.values(environment).flatMap(secretsOfUrl),
      ...read.flatMap(({ settings }) => settings.flatMap(secretsOf)),
    ],
  };
}

/** Files that do not exist are passed over. */
export async function readNpmrcFiles(files: readonly string[]): Promise<readonly Npmrc[]> {
  const there = files.filter((file) => existsSync(file));
  return await Promise.all(there.map(async (file) => readNpmrc(await readFile(file))));
}
