/** Takes apart what `-f` names: files, and folders of each kind, the subfolders of a monorepo included. */
import { lstatSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import type { Problem } from '../outcome/problem.ts';
import { classifyFolder, handlerLanguages, type FolderKind } from './classify.ts';
import { codeOf, fileIn, plainPath } from './paths.ts';

/** A part of the input that is read as one. */
export interface InputPart {
  /** `file`: also `-`, an address, and what does not exist. */
  readonly kind: 'file' | Exclude<FolderKind, 'other'>;
  /** As the command line names it, or would. */
  readonly path: string;
}

export interface InputParts {
  readonly parts: readonly InputPart[];
  readonly findings: readonly Problem[];
  /** Files of folders that are not manifests. */
  readonly skipped: readonly string[];
}

/** Below a monorepo; never a part of any. */
const NOT_ENTERED: ReadonlySet<string> = new Set(['node_modules', '.git', '.venv', 'venv', '__pycache__']);
/** Deeper than any repository; a bound for a tree that somebody made to be deep. */
const DEEPEST = 64;

/** @param names each `-f`, in order */
export async function partsOf(names: readonly string[], recursive: boolean): Promise<InputParts> {
  const all: InputParts[] = [];
  // The standard input can be read once only.
  for (const name of names.filter((each, index) => each !== '-' || names.indexOf('-') === index))
    all.push(await partsOfName(name, recursive));
  return {
    parts: all.flatMap(({ parts }) => parts),
    findings: all.flatMap(({ findings }) => findings),
    skipped: all.flatMap(({ skipped }) => skipped),
  };
}

const isFolder = (name: string): boolean => statSync(name, { throwIfNoEntry: false })?.isDirectory() === true;

async function partsOfName(name: string, recursive: boolean): Promise<InputParts> {
  if (name === '-' || !isFolder(name)) return { parts: [{ kind: 'file', path: name }], findings: [], skipped: [] };
  const folder = plainPath(name);
  try {
    if (recursive) {
      const found = await below(folder, 0);
      return found.parts.length > 0 ? found : { ...found, findings: [nothingIn(name, false)] };
    }
    const kind = await classifyFolder(folder);
    if (kind !== 'other') return { parts: [{ kind, path: folder }], findings: [], skipped: [] };
    const { files, folders } = await entriesOf(folder);
    return { parts: [], findings: [nothingIn(name, folders.length > 0)], skipped: manifestsAmong(folder, files) };
  } catch (error) {
    const problem = `the folder cannot be read (${codeOf(error)})`;
    return { parts: [], findings: [{ file: name, problem, fix: 'name a folder that may be read' }], skipped: [] };
  }
}

/** With its subfolders, each by the same rule; what is a source only has to have a handler, as a monorepo has a package.json. */
async function below(folder: string, depth: number): Promise<InputParts> {
  const kind = await classifyFolder(folder);
  if (kind === 'kustomization' || (kind === 'source' && handlerLanguages(folder).length > 0))
    return { parts: [{ kind, path: folder }], findings: [], skipped: [] };
  const { files, folders } = await entriesOf(folder);
  const inside: InputParts[] = [];
  for (const name of depth < DEEPEST ? folders : []) {
    if (!NOT_ENTERED.has(name)) inside.push(await below(fileIn(folder, name), depth + 1));
  }
  return {
    parts: [
      ...(kind === 'manifests' ? [{ kind, path: folder } as const] : []),
      ...inside.flatMap(({ parts }) => parts),
    ],
    findings: inside.flatMap(({ findings }) => findings),
    skipped: [
      ...(kind === 'manifests' ? [] : manifestsAmong(folder, files)),
      ...inside.flatMap(({ skipped }) => skipped),
    ],
  };
}

/** A link to a folder is not followed, as it may lead back up. */
async function entriesOf(
  folder: string,
): Promise<{ readonly files: readonly string[]; readonly folders: readonly string[] }> {
  const names = (await readdir(folder)).sort();
  const folders = names.filter((name) => lstatSync(fileIn(folder, name)).isDirectory());
  return { files: names.filter((name) => !folders.includes(name)), folders };
}

const manifestsAmong = (folder: string, files: readonly string[]): readonly string[] =>
  files.filter((file) => /\.(ya?ml|json)$/.test(file)).map((file) => fileIn(folder, file));

function nothingIn(folder: string, hasSubfolders: boolean): Problem {
  const name =
    'name a folder with a kustomization, manifests (.yaml, .yml, .json), or a handler (handler.js, handler.py)';
  return {
    file: folder,
    problem: 'the folder has no manifests and is not the source of a Function',
    fix: hasSubfolders ? `add -R to read its subfolders, or ${name}` : name,
  };
}
