import type { Problem } from '../config/problem.ts';
import { parseManifests, type ManifestDocument, type ParsedManifests } from './documents.ts';

/** What is asked of the outside; `node:fs/promises` is a `files`. */
export interface ManifestInput {
  readonly files: {
    readonly stat: (path: string) => Promise<{ readonly isDirectory: () => boolean }>;
    readonly readdir: (path: string) => Promise<readonly string[]>;
    readonly readFile: (path: string, encoding: 'utf8') => Promise<string>;
  };
  /** All of the standard input. */
  readonly stdin: () => Promise<string>;
}

/** How messages call the standard input. */
const STDIN_NAME = '(standard input)';

/** What kubectl takes from a folder. */
const MANIFEST = /\.(ya?ml|json)$/;

/**
 * Reads what `-f` names, as kubectl does: a file, a folder (its .yaml, .yml and .json files in the order of their names, not
 * those of its subfolders), or `-`.
 *
 * @param names each `-f`, in order
 * @returns all documents in order, or everything that is wrong with any of the files
 */
export async function readManifests(names: readonly string[], input: ManifestInput): Promise<ParsedManifests> {
  const documents: ManifestDocument[] = [];
  const findings: Problem[] = [];
  const add = (parsed: ParsedManifests): void => {
    if ('findings' in parsed) findings.push(...parsed.findings);
    else documents.push(...parsed.documents);
  };
  for (const name of unrepeated(names)) {
    if (name === '-') {
      add(parseManifests(await input.stdin(), STDIN_NAME));
      continue;
    }
    const files = await filesOf(name, input);
    if ('findings' in files) {
      findings.push(...files.findings);
      continue;
    }
    for (const file of files.paths) add(await readFile(file, input));
  }
  return findings.length > 0 ? { findings } : { documents };
}

/** The standard input can be read once only. */
const unrepeated = (names: readonly string[]): readonly string[] =>
  names.filter((name, index) => name !== '-' || names.indexOf('-') === index);

type Files = { readonly paths: readonly string[] } | { readonly findings: readonly Problem[] };

async function filesOf(name: string, { files }: ManifestInput): Promise<Files> {
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
    if (!(await files.stat(name)).isDirectory()) return { paths: [name] };
    const entries = (await files.readdir(name)).filter((entry) => MANIFEST.test(entry)).sort();
    const paths: string[] = [];
    for (const entry of entries) {
      const path = `${name.replace(/\/+$/, '')}/${entry}`;
      if (!(await files.stat(path)).isDirectory()) paths.push(path);
    }
    if (paths.length > 0) return { paths };
    return {
      findings: [
        {
          file: name,
          problem: 'the folder has no manifests',
          fix: 'name a folder with .yaml, .yml or .json files in it',
        },
      ],
    };
  } catch (error) {
    return { findings: [unreadable(name, error)] };
  }
}

async function readFile(file: string, { files }: ManifestInput): Promise<ParsedManifests> {
  try {
    return parseManifests(await files.readFile(file, 'utf8'), file);
  } catch (error) {
    return { findings: [unreadable(file, error)] };
  }
}

/** What has a code comes from the file system; anything else is a fault of ours. */
function unreadable(file: string, error: unknown): Problem {
  if (!(error instanceof Error && 'code' in error)) throw error;
  if (error.code === 'ENOENT') return { file, problem: 'there is no such file or folder', fix: 'correct the path' };
  return { file, problem: `it cannot be read (${String(error.code)})`, fix: 'name a file that may be read' };
}
