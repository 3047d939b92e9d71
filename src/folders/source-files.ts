/** The files of a folder as the source of a Function: what travels in ConfigMaps, and why something cannot. */
import { lstatSync, readFileSync, realpathSync, type Stats } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { readNpmrc, secretsOf, variableIn } from '../dependencies/npm/npmrc.ts';
import { sortedFiles, type SourceFiles } from '../function/files.ts';
import { inKibibytes, LARGEST_CONFIG_MAP } from '../manifests/config-map-size.ts';
import type { Problem } from '../outcome/problem.ts';
import { GitIgnore, unusedLines } from './git-ignore.ts';
import { keyOfPath } from './keys.ts';
import { isEnvironmentFile, isLeftOutFile, isLeftOutFolder, isPrivateKey } from './left-out.ts';
import { codeOf, fileIn } from './paths.ts';

export interface FolderFiles {
  readonly files: SourceFiles;
  /** Files that are left out because they may be secret, as the command line would name them. */
  readonly secrets: readonly string[];
}

/** A Function has a few files; a folder of this many is something else, such as a folder of data. */
const MOST_FILES = 2000;
const MOST_FINDINGS = 20;

const GIT_OR_IGNORE = 'leave it out with .gitignore, or use a Git repository as the source';

/**
 * Reads a folder's files; everything that is wrong with them is found at once.
 *
 * @param folder as the command line names it
 */
export async function readSourceFiles(
  folder: string,
): Promise<FolderFiles | { readonly findings: readonly Problem[] }> {
  const reader = new Reader(folder);
  try {
    await reader.walk('', GitIgnore.above(folder));
  } catch (error) {
    if (!(error instanceof TooMany)) throw error;
    const problem = `the folder has more than ${MOST_FILES} files`;
    return {
      findings: [{ file: folder, problem, fix: 'name the folder of one Function, or leave files out with .gitignore' }],
    };
  }
  const { findings, files, secrets } = reader;
  if (findings.length > MOST_FINDINGS) {
    const others = findings.length - MOST_FINDINGS;
    const more = { file: folder, problem: `${others} more files cannot be part of the source`, fix: 'see above' };
    return { findings: [...findings.slice(0, MOST_FINDINGS), more] };
  }
  return findings.length > 0 ? { findings } : { files: sortedFiles(files), secrets };
}

class TooMany extends Error {}

/** A file to be read, which may be somewhere else than a link to it. */
interface Target {
  readonly path: string;
  readonly facts: Stats;
}

class Reader {
  readonly files = new Map<string, Uint8Array>();
  readonly secrets: string[] = [];
  readonly findings: Problem[] = [];
  readonly #top: string;
  readonly #real: string;
  #seen = 0;

  constructor(folder: string) {
    this.#top = folder;
    this.#real = realpathSync(folder);
  }

  /** @param folder below the top, empty for the top itself */
  async walk(folder: string, above: GitIgnore): Promise<void> {
    const here = path.join(this.#top, folder);
    const rules = above.within(here);
    for (const line of unusedLines(here)) {
      this.findings.push({
        file: fileIn(this.#top, folder === '' ? '.gitignore' : `${folder}/.gitignore`),
        line,
        problem: 'the pattern is too long, or has too many "*"',
        fix: 'divide it into several patterns',
      });
    }
    let names: readonly string[];
    try {
      names = (await readdir(here)).sort();
    } catch (error) {
      this.#refuse(
        folder,
        `the folder cannot be read (${codeOf(error)})`,
        'make it readable, or leave it out with .gitignore',
      );
      return;
    }
    for (const name of names) {
      const file = folder === '' ? name : `${folder}/${name}`;
      const facts = lstatSync(path.join(this.#top, file), { throwIfNoEntry: false });
      const isFolder = facts?.isDirectory() === true;
      // A link to such a folder is one as well: `node_modules` of a workspace.
      if (facts === undefined || isLeftOutFolder(name) || rules.ignores(path.join(here, name), isFolder)) continue;
      if (isLeftOutFile(name)) continue;
      this.#seen += 1;
      if (this.#seen > MOST_FILES) throw new TooMany();
      if (isFolder) await this.walk(file, rules);
      else this.#take(file, name, facts);
    }
  }

  #take(file: string, name: string, facts: Stats): void {
    if (isEnvironmentFile(name)) {
      this.secrets.push(fileIn(this.#top, file));
      return;
    }
    const target = facts.isSymbolicLink() ? this.#targetOf(file) : this.#plain(file, path.join(this.#top, file), facts);
    if (target === undefined) return;
    if (target.facts.size > LARGEST_CONFIG_MAP) {
      const size = `the file has ${inKibibytes(target.facts.size)}`;
      this.#refuse(file, `${size}, and a ConfigMap may have ${inKibibytes(LARGEST_CONFIG_MAP)}`, GIT_OR_IGNORE);
      return;
    }
    let content: Uint8Array;
    try {
      content = readFileSync(target.path);
    } catch (error) {
      this.#refuse(
        file,
        `the file cannot be read (${codeOf(error)})`,
        'make it readable, or leave it out with .gitignore',
      );
      return;
    }
    if (isPrivateKey(name, () => content)) this.secrets.push(fileIn(this.#top, file));
    else if (keyOfPath(file) === undefined) this.#refuse(file, ...problemOfName(file));
    else if (name === '.npmrc' && this.#hasToken(file, content)) return;
    else this.files.set(file, content);
  }

  /** What a link leads to: a plain file of the folder, or a finding. */
  #targetOf(file: string): Target | undefined {
    const link = path.join(this.#top, file);
    let real: string;
    try {
      real = realpathSync(link);
    } catch (error) {
      const reason = codeOf(error) === 'ELOOP' ? 'leads back to itself' : 'leads to nothing';
      this.#refuse(file, `the link ${reason}`, 'remove it, or leave it out with .gitignore');
      return undefined;
    }
    if (real !== this.#real && !real.startsWith(this.#real + path.sep)) {
      this.#refuse(
        file,
        'the link leads out of the folder',
        'copy the file into the folder, or leave the link out with .gitignore',
      );
      return undefined;
    }
    const facts = lstatSync(real);
    if (facts.isDirectory()) {
      this.#refuse(
        file,
        'the link leads to a folder, and a ConfigMap has no links',
        'replace it by the folder, or leave it out with .gitignore',
      );
      return undefined;
    }
    return this.#plain(file, real, facts);
  }

  /** A FIFO, a socket or a device would never end. */
  #plain(file: string, where: string, facts: Stats): Target | undefined {
    if (facts.isFile()) return { path: where, facts };
    this.#refuse(file, 'it is neither a file nor a folder', 'remove it, or leave it out with .gitignore');
    return undefined;
  }

  #hasToken(file: string, content: Uint8Array): boolean {
    const found = readNpmrc(content).settings.find(
      (setting) => secretsOf(setting).length > 0 && variableIn(setting.value) === undefined,
    );
    if (found === undefined) return false;
    this.findings.push({
      file: fileIn(this.#top, file),
      line: found.line,
      column: found.column,
      problem: 'the file has a credential in it, and everybody who may read the ConfigMap would read it',
      fix: 'put it into a Secret and name it with buildless.dev/registry, or write a variable: ${NPM_TOKEN}',
    });
    return true;
  }

  #refuse(file: string, problem: string, fix: string): void {
    this.findings.push({ file: file === '' ? this.#top : fileIn(this.#top, file), problem, fix });
  }
}

function problemOfName(file: string): [problem: string, fix: string] {
  if (file.includes('..'))
    return [
      'the name contains "..", which stands for "/" in the key of a ConfigMap',
      'rename it, or leave it out with .gitignore',
    ];
  if (file.replaceAll('/', '..').length > 253)
    return [
      'the path is longer than the 253 characters of a key of a ConfigMap',
      'shorten it, or leave it out with .gitignore',
    ];
  return [
    'the name cannot be a key of a ConfigMap, which has letters, digits, "-", "_" and "."',
    'rename it, or leave it out with .gitignore',
  ];
}
