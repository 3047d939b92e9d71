import { type OpenAddress, openAddresses } from '../credentials.ts';
import { addressProblem } from './format/addresses.ts';
import { decodeRequirements } from './format/decode.ts';
import { SyntaxProblem } from './format/cursor.ts';
import { type LogicalLine, logicalLines } from './format/logical-lines.ts';
import { type Option, readOptions } from './format/options.ts';
import { folderOf, resolveInside, type SourceTree } from './format/paths.ts';
import { type ReadRequirement, readEditable, readRequirement } from './format/target.ts';
import { splitWords } from './format/words.ts';
import { LONGEST_LINE, LONGEST_REQUIREMENT, MOST_LINES, MOST_PACKAGES, tooLong, tooMany } from './limits.ts';

/** Where something is in a requirements file. */
export interface FilePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One line by which pip installs something, or, in a constraints file, limits what others ask for. */
export interface Requirement extends FilePlace, ReadRequirement {
  /** As written, without options. */
  readonly text: string;
  readonly editable: boolean;
  readonly constraint: boolean;
  /** Values of `--hash`. */
  readonly hashes: readonly string[];
  /** The folder of the source whose pyproject.toml asks for it; absent if a requirements file does. */
  readonly project?: string;
}

/** An option, in the order of the files. */
interface UsedOption extends FilePlace, Pick<Option, 'name' | 'value'> {}

/** An included file that is not read. */
export interface RefusedInclude extends FilePlace {
  readonly written: string;
  readonly reason: 'address' | 'outside' | 'missing' | 'cycle' | 'deep' | 'ignored';
}

/** A line, or a whole file, that pip would not take. */
export interface Unreadable extends Pick<FilePlace, 'file'> {
  readonly line?: number;
  readonly column?: number;
  readonly text?: string;
  readonly problem: string;
  readonly fix: string;
}

/** `${NAME}`, which pip replaces by the environment of the Pod. */
interface Variable extends FilePlace {
  readonly name: string;
  readonly text: string;
}

/** An address with a credential, whatever the line makes of it. */
export interface Credential extends FilePlace {
  readonly address: OpenAddress;
}

/** A requirements file with all that it includes. */
export interface Reading {
  readonly requirements: readonly Requirement[];
  readonly options: readonly UsedOption[];
  readonly includes: readonly RefusedInclude[];
  readonly unreadable: readonly Unreadable[];
  readonly variables: readonly Variable[];
  readonly credentials: readonly Credential[];
}

/** pip itself stops at the recursion limit of Python, some hundreds. */
const DEEPEST = 100;
// ENV_VAR_RE of pip's req_file.py.
const VARIABLE = /\$\{([A-Z0-9_]+)\}/;
/** Hexadecimal digits of the hashes that pip takes (STRONG_HASHES of its hashes.py). */
export const HASH_DIGITS: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

/** Where pip looks for the hash of an address: the first in it, also where "&" is in front of it (LinkHash of its link.py). */
export const ADDRESS_HASH = /[#&](sha1|sha224|sha384|sha256|sha512|md5)=([^&]*)/;

/** What a requirement's file must hash to, `sha256:DIGEST`: by its options or by its address, of which pip takes either. */
export function hashesOf({ hashes, target }: Pick<Requirement, 'hashes' | 'target'>): readonly string[] {
  const [, algorithm = '', digest = ''] = ADDRESS_HASH.exec(target.kind === 'address' ? target.url : '') ?? [];
  return Object.hasOwn(HASH_DIGITS, algorithm) ? [...hashes, `${algorithm}:${digest.toLowerCase()}`] : hashes;
}

/** Reads a requirements file and what it includes as pip does. */
export function readRequirements(tree: SourceTree, name: string): Reading {
  const reader = new Reader(tree);
  reader.read(name, false, []);
  return reader;
}

class Reader implements Reading {
  readonly requirements: Requirement[] = [];
  readonly options: UsedOption[] = [];
  readonly includes: RefusedInclude[] = [];
  readonly unreadable: Unreadable[] = [];
  readonly variables: Variable[] = [];
  readonly credentials: Credential[] = [];
  /** Each file counts once as requirements and once as constraints; again it would add nothing. */
  private readonly done = new Set<string>();
  private lines = 0;
  /** A limit was reached: nothing more is read. */
  private full = false;

  constructor(private readonly tree: SourceTree) {}

  read(file: string, constraint: boolean, above: readonly string[]): void {
    const key = `${constraint ? 'c' : 'r'} ${file}`;
    const bytes = this.tree.files.get(file);
    if (bytes === undefined || this.done.has(key)) return;
    this.done.add(key);
    const decoded = decodeRequirements(bytes);
    if ('problem' in decoded) {
      this.unreadable.push({ file, ...decoded });
      return;
    }
    for (const line of logicalLines(decoded.text)) {
      if (this.full) return;
      this.readLine(line, file, constraint, above);
    }
  }

  private readLine(line: LogicalLine, file: string, constraint: boolean, above: readonly string[]): void {
    const place = (offset: number): FilePlace => ({ file, ...line.placeOf(offset) });
    this.lines += 1;
    if (this.lines > MOST_LINES) {
      this.stop(place(0), tooMany('lines of requirements', MOST_LINES));
      return;
    }
    if (line.text.length > LONGEST_LINE) {
      const problem = tooLong('the line has', line.text.length, LONGEST_LINE);
      this.refuseUnread(place(0), problem, 'remove hashes or options that are not needed');
      return;
    }
    for (const address of openAddresses(line.text)) this.credentials.push({ ...place(address.offset), address });
    const variable = VARIABLE.exec(line.text);
    if (variable?.[1] !== undefined) {
      // Only the Pod knows what the line says, so nothing else is reported about it.
      this.variables.push({ ...place(variable.index), name: variable[1], text: line.text });
      return;
    }
    const start = optionsStart(line.text);
    const text = line.text.slice(0, start).trimEnd();
    const words = splitWords(line.text, start);
    const options = 'problem' in words ? { ...words, offset: start } : readOptions(words);
    const wrong = 'problem' in options ? options : options.map(checkValue).find((problem) => problem !== undefined);
    if ('problem' in options || wrong !== undefined) {
      const { problem, offset } = wrong ?? { problem: '', offset: 0 };
      this.refuse(place(offset), line.text, problem, 'correct the option, or remove it');
      return;
    }
    for (const { name, value, offset } of options) this.options.push({ ...place(offset), name, value });
    const editable = options.find(({ name }) => name === 'editable');
    if (text !== '' || editable !== undefined) {
      if (text !== '' && editable !== undefined) {
        this.refuse(
          place(editable.offset),
          line.text,
          'pip takes one requirement a line',
          'write -e on a line of its own',
        );
        return;
      }
      // pip ignores a hash of what is editable.
      const hashes =
        editable === undefined ? options.filter(({ name }) => name === 'hash').map(({ value }) => value) : [];
      this.addRequirement(
        text === '' ? (editable?.value ?? '') : text,
        text === '',
        hashes,
        constraint,
        place(0),
        line.text,
      );
      return;
    }
    this.include(options, place, above);
  }

  private addRequirement(
    text: string,
    editable: boolean,
    hashes: readonly string[],
    constraint: boolean,
    place: FilePlace,
    line: string,
  ): void {
    if (this.requirements.length >= MOST_PACKAGES) {
      this.stop(place, tooMany('requirements', MOST_PACKAGES));
      return;
    }
    if (text.length > LONGEST_REQUIREMENT) {
      const problem = tooLong('the requirement has', text.length, LONGEST_REQUIREMENT);
      this.refuseUnread(place, problem, 'shorten its version specifier or its marker');
      return;
    }
    const read = editable ? readEditable(text, this.tree) : readRequirement(text, this.tree);
    if (read instanceof SyntaxProblem) {
      const at = { ...place, column: place.column + (editable ? 0 : read.offset) };
      this.refuse(at, line, read.problem, 'write it as NAME==VERSION, or as NAME @ URL');
      return;
    }
    this.requirements.push({ ...place, ...read, text, editable, constraint, hashes });
  }

  /** Of a line pip reads the first -r, else the first -c, and nothing more. */
  private include(options: readonly Option[], place: (offset: number) => FilePlace, above: readonly string[]): void {
    const named = options.filter(({ name }) => name === 'requirement' || name === 'constraint');
    const chosen = named.find(({ name }) => name === 'requirement') ?? named[0];
    for (const option of named) {
      const at = place(option.offset);
      const refuse = (reason: RefusedInclude['reason']): void => {
        this.includes.push({ ...at, written: option.value, reason });
      };
      if (option !== chosen) {
        refuse('ignored');
        continue;
      }
      const path = resolveInside(folderOf(at.file), option.value, this.tree.folders);
      const chain = [...above, at.file];
      if (/^(?:https?|file):/i.test(option.value)) refuse('address');
      else if (path === undefined) refuse('outside');
      else if (!this.tree.files.has(path)) refuse('missing');
      else if (chain.includes(path)) refuse('cycle');
      else if (chain.length >= DEEPEST) refuse('deep');
      else this.read(path, option.name === 'constraint', chain);
    }
  }

  private refuse(place: FilePlace, text: string, problem: string, fix: string): void {
    this.unreadable.push({ ...place, text, problem, fix });
  }

  /** Without its text: a part of it could end in the middle of a credential. */
  private refuseUnread(place: FilePlace, problem: string, fix: string): void {
    this.unreadable.push({ ...place, problem, fix });
  }

  private stop(place: FilePlace, problem: string): void {
    this.full = true;
    this.refuseUnread(place, problem, 'remove the lines that the Function does not need');
  }
}

/** Where the options of a line begin: at the first word that begins with "-" (`break_args_options` of pip). */
function optionsStart(line: string): number {
  if (line.startsWith('-')) return 0;
  const found = line.indexOf(' -');
  return found === -1 ? line.length : found + 1;
}

/** Options that name an address. */
const ADDRESSES: readonly string[] = ['index-url', 'extra-index-url', 'find-links'];

function checkValue({
  name,
  value,
  offset,
}: Option): { readonly problem: string; readonly offset: number } | undefined {
  if (name === 'config-settings' && !value.includes('='))
    return { problem: '--config-settings takes KEY=VALUE', offset };
  if (ADDRESSES.includes(name) && value.includes('://')) {
    const problem = addressProblem(value);
    return problem === undefined ? undefined : { problem, offset };
  }
  if (name !== 'hash') return undefined;
  const colon = value.indexOf(':');
  const algorithm = value.slice(0, Math.max(colon, 0));
  const digits = Object.hasOwn(HASH_DIGITS, algorithm) ? HASH_DIGITS[algorithm] : undefined;
  if (digits === undefined) return { problem: '--hash takes sha256:, sha384: or sha512: and the hash', offset };
  const digest = value.slice(colon + 1);
  if (/^[0-9a-f]*$/i.test(digest) && digest.length === digits) return undefined;
  return { problem: `a ${algorithm} hash has ${digits} hexadecimal digits, and this has not`, offset };
}
