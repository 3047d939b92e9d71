/** What a folder is: a kustomization, a folder of manifests, or the source of a Function. */
import { existsSync, statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { chooseHandler, handlerFiles } from '../function/handler-files.ts';
import type { SourceView } from '../function/handler.ts';
import { languageNames, LANGUAGES, type Language } from '../function/languages.ts';
import { LOCK_FILES } from '../dependencies/lock-files.ts';
import { parseManifests } from '../manifests/documents.ts';
import { decodeManifest } from '../manifests/encoding.ts';
import { readSmallFile } from './small-file.ts';

/** `other`: it has neither manifests nor a handler nor a list of dependencies. */
export type FolderKind = 'kustomization' | 'manifests' | 'source' | 'other';

/** As kustomize looks for it (api/konfig/general.go, RecognizedKustomizationFileNames). */
export const KUSTOMIZATION_FILES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const;

const MANIFEST = /\.(ya?ml|json)$/;

/** @throws the error of the file system if the folder cannot be read */
export async function classifyFolder(folder: string): Promise<FolderKind> {
  const files = await plainFiles(folder);
  if (KUSTOMIZATION_FILES.some((file) => files.includes(file))) return 'kustomization';
  let isUnreadable = false;
  for (const file of files) {
    if (!MANIFEST.test(file) || ofSources().has(file)) continue;
    const answer = await isManifest(path.join(folder, file));
    if (answer === true) return 'manifests';
    isUnreadable ||= answer === undefined;
  }
  const hasDependencies = LANGUAGES.values().some((traits) =>
    traits.dependencyFiles.some((file) => files.includes(file)),
  );
  if (hasDependencies || handlerLanguages(folder).length > 0) return 'source';
  // Whoever reads the manifests then names the file that may not be read.
  return isUnreadable ? 'manifests' : 'other';
}

/** Names of the files in a folder, in order; what is not a plain file (a FIFO, a device) could keep a reader waiting. */
async function plainFiles(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder)).sort();
  return names.filter((name) => statSync(path.join(folder, name), { throwIfNoEntry: false })?.isFile() === true);
}

/** Large files that are never manifests. */
const ofSources = (): ReadonlySet<string> =>
  new Set([
    ...LANGUAGES.values().flatMap(({ dependencyFiles }) => dependencyFiles),
    ...LOCK_FILES.values().flatMap(({ authors }) => authors),
  ]);

/**
 * Whether a file has an object with apiVersion and kind, or would have one if it could be read as YAML; undefined if the file
 * may not be read.
 */
async function isManifest(file: string): Promise<boolean | undefined> {
  const content = await readFile(file).catch(() => undefined);
  if (content === undefined) return undefined;
  const text = decodeManifest(content);
  if (text?.includes('apiVersion') !== true || !text.includes('kind')) return false;
  const parsed = parseManifests(text, file);
  return 'documents' in parsed ? parsed.documents.length > 0 : !parsed.foreign;
}

/** The languages whose handler a folder has. */
export function handlerLanguages(folder: string): readonly Language[] {
  const view: SourceView = {
    has: (file) => existsSync(path.join(folder, file)),
    read: (file) => readSmallFile(path.join(folder, file)),
  };
  return languageNames().filter((language) =>
    handlerFiles(chooseHandler(language, view), language).some((file) => view.has(file)),
  );
}
