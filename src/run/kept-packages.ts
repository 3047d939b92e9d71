import { existsSync } from 'node:fs';
import { rename, symlink } from 'node:fs/promises';
import path from 'node:path';
import type { V1Pod } from '@kubernetes/client-node';
import { INIT_CONTAINERS, VOLUMES } from '../function/keys.ts';
import { LANGUAGES, type Language } from '../function/languages.ts';
import type { Resources } from '../manifests/resources.ts';
import { RUNNING } from './languages.ts';
import { contentsOf } from './resource-contents.ts';

/** All that an installation depends on, as far as the input shows it. */
export interface InstallInput {
  readonly pod: V1Pod;
  readonly resources: Resources;
  readonly language: Language;
}

/**
 * Whether an installation would find the same as the one before: nothing but code has changed, nothing of the source is
 * itself a package, and no script of a package may read the rest. Without a lock a new one could take newer versions; that
 * is what a new Pod is for, not an edit.
 */
export function keepsPackages(before: InstallInput, after: InstallInput): boolean {
  const install = installerOf(after.pod);
  if (install === undefined || install.args?.includes('--allow-scripts') === true) return false;
  if (JSON.stringify([install, registryOf(after)]) !== JSON.stringify([installerOf(before.pod), registryOf(before)]))
    return false;
  const [old, now] = [sourceOf(before), sourceOf(after)];
  if (old === undefined || now === undefined) return false;
  const changed = [...new Set([...old.keys(), ...now.keys()])].filter(
    (key) => old.get(key)?.equals(now.get(key) ?? Buffer.alloc(0)) !== true || !now.has(key),
  );
  const { extensions, dependencyFiles } = LANGUAGES.of(after.language);
  const { installs } = RUNNING.of(after.language);
  const textOf = (source: ReadonlyMap<string, Buffer>, key: string): string => source.get(key)?.toString('utf8') ?? '';
  return (
    changed.every(
      (key) =>
        extensions.some((extension) => key.endsWith(extension)) ||
        (dependencyFiles.includes(key) && installs(key, textOf(old, key)) === installs(key, textOf(now, key))),
    ) && dependencyFiles.every((file) => !LOCAL_PACKAGE.test(now.get(file)?.toString('utf8') ?? ''))
  );
}

/** A folder of the source as a package: `file:`, workspaces, and `-e` or a path in a requirements file. */
const LOCAL_PACKAGE =
  /"(?:file|link|workspace):|"workspaces"|file:\/|:\s*"\.{0,2}\/|^[ \t]*(?:-e\b|--editable\b|\.{0,2}\/|\.$)/m;

const installerOf = ({ spec }: V1Pod) => spec?.initContainers?.find(({ name }) => name === INIT_CONTAINERS.install);

function registryOf({ pod, resources }: InstallInput): unknown {
  const secret = volumeOf(pod, VOLUMES.registry)?.secret?.secretName;
  return secret === undefined ? undefined : resources.secret(pod.metadata?.namespace ?? '', secret);
}

function sourceOf({ pod, resources }: InstallInput): ReadonlyMap<string, Buffer> | undefined {
  const volume = volumeOf(pod, VOLUMES.source);
  const sources = volume?.projected?.sources?.map(({ configMap }) => configMap) ?? [volume?.configMap];
  const contents = new Map<string, Buffer>();
  for (const configMap of sources) {
    const name = configMap?.name;
    const object = name === undefined ? undefined : resources.configMap(pod.metadata?.namespace ?? '', name);
    if (object === undefined) return undefined;
    for (const [key, content] of contentsOf(object)) contents.set(key, content);
  }
  return contents;
}

const volumeOf = ({ spec }: V1Pod, wanted: string) => spec?.volumes?.find(({ name }) => name === wanted);

/**
 * Does what the installer would: the packages that are installed already are shown in the staged source, by a link, as more
 * than one version may use them at a time.
 *
 * @param from root of the version that installed them (`/buildless` of its Pod), @param to root of the new one
 */
export async function borrowPackages(from: string, to: string, language: Language): Promise<void> {
  const { packages } = LANGUAGES.of(language);
  const installed = path.join(from, 'function', packages);
  // On Windows a link to a folder needs no right if it is a junction.
  if (existsSync(installed)) await symlink(installed, path.join(to, 'staging', packages), 'junction');
  await rename(path.join(to, 'staging'), path.join(to, 'function'));
}
