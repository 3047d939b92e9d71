/** What a source contains, in few bytes: it is remembered for thousands of Functions, and searched when a list changes. */
import type { Contained } from '../dependencies/contents.ts';
import type { Language } from '../function/languages.ts';
import type { Place } from '../outcome/place.ts';
import { ECOSYSTEMS } from './languages.ts';
import { packageHash } from './package-hash.ts';

export interface SourceContents {
  readonly language: Language;
  /** Of each package, in the order of the lines. */
  readonly hashes: Uint32Array;
  /**
   * NAME, VERSION, ALIAS, FROM and, of an entry of a lock, LICENCE of a package with tabs between them; a number in FROM is the
   * index of a line.
   */
  readonly lines: string;
}

/** No name, version or path is longer than this; what is cut off of one that is says nothing. */
const LONGEST_FIELD = 300;

const field = (text: string): string =>
  (text.length > LONGEST_FIELD ? text.slice(0, LONGEST_FIELD) : text).replace(/[\t\n]/g, ' ');

/** A part of a licence could be another licence: of a longer text only its beginning is shown, which no reader takes for one. */
const licenceField = (text: string): string =>
  field(text.length > LONGEST_FIELD ? `${text.slice(0, SHOWN_OF_LICENCE)} [...]` : text);
const SHOWN_OF_LICENCE = 100;

export function encodeContents(contents: readonly Contained[], language: Language): SourceContents | undefined {
  if (contents.length === 0 || !ECOSYSTEMS.has(language)) return undefined;
  const ecosystem = ECOSYSTEMS.of(language);
  const hashes = Uint32Array.from(contents, ({ name }) => packageHash(ecosystem.osv, ecosystem.normalizeName(name)));
  const lines = contents.map(({ name, version, alias = '', from, licence }) => {
    const fields = [ecosystem.normalizeName(name), version, alias].map(field);
    const declared = licence === undefined ? [] : [licenceField(licence)];
    return [...fields, typeof from === 'number' ? String(from) : field(`=${from}`), ...declared].join('\t');
  });
  return { language, hashes, lines: lines.join('\n') };
}

/** Bytes that it takes, about. */
export const sizeOfContents = ({ hashes, lines }: SourceContents): number => hashes.byteLength + lines.length;

/** One package of encoded contents. */
export interface ContainedPackage {
  readonly name: string;
  readonly version: string;
  /** Who asks for it, from a file of the source on; itself comes last. */
  readonly path: string;
}

const MOST_STEPS = 20;

export function packagesAt({ lines }: SourceContents, indexes: readonly number[]): readonly ContainedPackage[] {
  const all = lines.split('\n');
  const fieldsOf = (index: number): readonly string[] => (all[index] ?? '').split('\t');
  return indexes.map((wanted) => {
    const steps: string[] = [];
    let origin = '';
    for (let index = wanted; steps.length < MOST_STEPS;) {
      const [name = '', version = '', alias = '', from = ''] = fieldsOf(index);
      steps.push(`${alias === '' ? '' : `${alias} = `}${name}${version === '' ? '' : `@${version}`}`);
      origin = from.startsWith('=') ? from.slice(1) : '...';
      if (from.startsWith('=')) break;
      index = Number(from);
    }
    const [name = '', version = ''] = fieldsOf(wanted);
    return { name, version, path: [origin, ...steps.reverse()].join(' > ') };
  });
}

/** A package of a lock, and what it declares. */
export interface DeclaredLicence {
  /** Of its line. */
  readonly index: number;
  readonly name: string;
  /** Empty if it declares none. */
  readonly licence: string;
}

/** The entries of locks; what only a pin names is not among them. */
export function* licencesIn({ lines }: SourceContents): Generator<DeclaredLicence> {
  for (const [index, line] of lines.split('\n').entries()) {
    const [name = '', , , , licence] = line.split('\t');
    if (licence !== undefined) yield { index, name, licence };
  }
}

/** Where the first asker of a path is written. */
export function placeOfPath(path: string): Place {
  const [file = '', line] = path.split(' > ', 1)[0]?.split(':') ?? [];
  return { file, ...(line !== undefined && /^\d+$/.test(line) && { line: Number(line) }) };
}
