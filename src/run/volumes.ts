import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { V1Container, V1Pod, V1Volume } from '@kubernetes/client-node';
import { expand } from './expansion.ts';
import type { Mapping } from './path-map.ts';
import { projectedFiles, type VolumeFiles } from './volume-files.ts';
import type { Resources } from '../manifests/resources.ts';

/** The volumes of a Pod as folders of this machine. */
export interface LocalVolumes {
  /** Absolute path of each volume's folder, by its name. */
  readonly folders: ReadonlyMap<string, string>;
  /** What a volume would hold in a cluster and does not here. */
  readonly missing: readonly MissingContent[];
}

interface MissingContent {
  readonly volume: string;
  /** E.g. `the Secret keys is not in the input`. */
  readonly reason: string;
}

const FOLDER_MODE = 0o777;
/** Whoever runs this may read it, nobody else: it may be a password. */
const SECRET_MODE = 0o400;
const FILE_MODE = 0o644;

/**
 * Makes a folder for each volume and fills those whose content the input has.
 *
 * @param folder where they come into being
 * @param claims where those of PersistentVolumeClaims do, which outlive the Pod
 */
export async function makeVolumes(
  pod: V1Pod,
  resources: Resources,
  { folder, claims }: { readonly folder: string; readonly claims: string },
): Promise<LocalVolumes> {
  const folders = new Map<string, string>();
  const missing: MissingContent[] = [];
  for (const volume of pod.spec?.volumes ?? []) {
    const claim = volume.persistentVolumeClaim?.claimName;
    const own = claim === undefined ? below(folder, volume.name) : below(claims, claim);
    await mkdir(own, { recursive: true });
    await chmod(own, FOLDER_MODE);
    folders.set(volume.name, own);
    const files = projectedFiles(volume, pod, resources);
    if (files === undefined) {
      if (volume.emptyDir === undefined && volume.ephemeral === undefined)
        missing.push({ volume: volume.name, reason: `it is a ${kindOf(volume)}, and begins empty here` });
      continue;
    }
    await writeVolumeFiles(own, files);
    missing.push(...files.missing.map((reason) => ({ volume: volume.name, reason })));
  }
  return { folders, missing };
}

/** An API server refuses a path that climbs out; a file may hold anything. */
const below = (folder: string, relative: string): string =>
  path.join(folder, path.resolve('/', relative)).replace(/\/$/, '');

async function writeVolumeFiles(folder: string, { files }: VolumeFiles): Promise<void> {
  for (const [name, { content, secret }] of files) {
    const file = below(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content, { mode: secret ? SECRET_MODE : FILE_MODE });
  }
}

function kindOf(volume: V1Volume): string {
  const kind = Object.entries(volume).find(([key, value]) => key !== 'name' && value !== undefined && value !== null);
  return kind?.[0] ?? 'volume of no kind';
}

/** Where a container's mounts are on this machine; folders of a `subPath` are made. */
export async function mountsOf(
  container: V1Container,
  { folders }: LocalVolumes,
  environment: ReadonlyMap<string, string>,
): Promise<readonly Mapping[]> {
  const mappings: Mapping[] = [];
  for (const { name, mountPath, subPath, subPathExpr } of container.volumeMounts ?? []) {
    const folder = folders.get(name);
    if (folder === undefined) continue;
    const localPath = below(folder, subPath ?? expand(subPathExpr ?? '', environment));
    // A subPath may be a file that is there already.
    await mkdir(localPath, { recursive: true }).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    });
    mappings.push({ podPath: mountPath, localPath });
  }
  return mappings;
}
