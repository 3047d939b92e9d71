import type { Problem } from '../outcome/problem.ts';
import { withoutEndingSlashes } from '../function/slashes.ts';
import { decodeManifest } from './encoding.ts';
import { parseManifests, type ManifestDocument, type ParsedManifests } from './documents.ts';

/** What is asked of the outside; `node:fs/promises` is a `files`. */
export interface ManifestInput {
  readonly files: {
    readonly stat: (path: string) => Promise<FileFacts>;
    /** Of a link itself. */
    readonly lstat: (path: string) => Promise<FileFacts>;
    readonly readdir: (path: string) => Promise<readonly string[]>;
    readonly readFile: (path: string) => Promise<Uint8Array>;
  };
  /** All of the standard input. */
  readonly stdin: () => Promise<Uint8Array>;
  /** Whether folders are read with their subfolders. */
  readonly recursive?: boolean;
}

interface FileFacts {
  readonly isDirectory: () => boolean;
  readonly isFile: () => boolean;
}

/** What was read; whatever is wrong with one file, the documents of the others are here. */
export interface ReadManifests {
  readonly documents: readonly ManifestDocument[];
  readonly findings: readonly Problem[];
  /** Files of folders that are not manifests. */
  readonly skipped: readonly string[];
}

/** How messages call the standard input. */
export const STDIN_NAME = '(standard input)';

/** What kubectl takes from a folder. */
const MANIFEST = /\.(ya?ml|json)$/;
/** Never below a folder that is read with its subfolders: thousands of files that others made. */
const LEFT_OUT: ReadonlySet<string> = new Set(['node_modules', '.git']);

/**
 * Reads what `-f` names, as kubectl does: a file, a folder (its .yaml, .yml and .json files in the order of their names), or
 * `-`. Files of a folder that are not manifests are skipped; a file that is named is expected to be one.
 *
 * @param names each `-f`, in order
 */
export async function readManifests(names: readonly string[], input: ManifestInput): Promise<ReadManifests> {
  const documents: ManifestDocument[] = [];
  const findings: Problem[] = [];
  const skipped: string[] = [];
  for (const name of unrepeated(names)) {
    const files = name === '-' ? { paths: [name], named: true } : await filesOf(name, input);
    if ('findings' in files) {
      findings.push(...files.findings);
      continue;
    }
    for (const file of files.paths) {
      const parsed = await readFile(file, input);
      if ('documents' in parsed) documents.push(...parsed.documents);
      else if (parsed.foreign && !files.named) skipped.push(file);
      else findings.push(...parsed.findings);
    }
  }
  return { documents, findings, skipped };
}

/** The standard input can be read once only. */
const unrepeated = (names: readonly string[]): readonly string[] =>
  names.filter((name, index) => name !== '-' || names.indexOf('-') === index);

type Files =
  | { readonly paths: readonly string[]; /** By the user, not found in a folder. */ readonly named: boolean }
  | { readonly findings: readonly Problem[] };

async function filesOf(name: string, input: ManifestInput): Promise<Files> {
  if (/^https?:\/\//.test(name)) {
    return {
      findings: [
        {
          file: name,
          problem: 'this is an address, not a file',
          fix: 'download it and name the file, or pipe it to -f -',
        },
      ],
    };
  }
  try {
    if (!(await input.files.stat(name)).isDirectory()) return { paths: [name], named: true };
    const { paths, subfolders } = await filesInFolder(withoutEndingSlashes(name) || '/', input);
    if (paths.length > 0) return { paths, named: false };
    const fix =
      subfolders > 0 && input.recursive !== true
        ? 'add -R to read its subfolders, or name a folder with .yaml, .yml or .json files in it'
        : 'name a folder with .yaml, .yml or .json files in it';
    return { findings: [{ file: name, problem: 'the folder has no manifests', fix }] };
  } catch (error) {
    return { findings: [unreadable(name, error)] };
  }
}

async function filesInFolder(
  folder: string,
  input: ManifestInput,
): Promise<{ readonly paths: readonly string[]; readonly subfolders: number }> {
  const { stat, lstat, readdir } = input.files;
  // The target of a link may be gone, which is reported when the file is read.
  // A FIFO or a device would keep its reader waiting.
  const isReadable = (path: string): Promise<boolean> =>
    stat(path).then(
      (facts) => facts.isFile(),
      () => true,
    );
  const paths: string[] = [];
  let subfolders = 0;
  for (const entry of [...(await readdir(folder))].sort()) {
    const path = `${folder === '/' ? '' : folder}/${entry}`;
    // A link to a folder is not followed, as it may lead back up.
    if ((await lstat(path)).isDirectory()) {
      if (LEFT_OUT.has(entry)) continue;
      subfolders += 1;
      if (input.recursive === true) paths.push(...(await filesInFolder(path, input)).paths);
    } else if (MANIFEST.test(entry) && (await isReadable(path))) paths.push(path);
  }
  return { paths, subfolders };
}

async function readFile(file: string, { files, stdin }: ManifestInput): Promise<ParsedManifests> {
  const title = file === '-' ? STDIN_NAME : file;
  try {
    const text = decodeManifest(file === '-' ? await stdin() : await files.readFile(file));
    if (text !== undefined) return parseManifests(text, title);
    return {
      findings: [{ file: title, problem: 'the file is not valid UTF-8', fix: 'save it as UTF-8' }],
      foreign: false,
    };
  } catch (error) {
    return { findings: [unreadable(title, error)], foreign: false };
  }
}

/** An error with a code comes from the file system; anything else is a fault of ours. */
function unreadable(file: string, error: unknown): Problem {
  if (!(error instanceof Error && 'code' in error)) throw error;
  if (error.code === 'ENOENT') return { file, problem: 'the file or folder does not exist', fix: 'correct the path' };
  return { file, problem: `it cannot be read (${String(error.code)})`, fix: 'name a file that may be read' };
}
