/** What a source contains, in few bytes: it is remembered for thousands of Functions, and searched when a list changes. */
import type { Contained } from '../dependencies/contents.ts';
import type { Language } from '../function/languages.ts';
import { ECOSYSTEMS } from './languages.ts';
import { packageHash } from './package-hash.ts';

export interface SourceContents {
  readonly language: Language;
  /** Of each package, in the order of the lines. */
  readonly hashes: Uint32Array;
  /** NAME, VERSION, ALIAS and FROM of a package with tabs between them; a number in FROM is the index of a line. */
  readonly lines: string;
}

/** No name, version or path is longer than this; what is cut off of one that is says nothing. */
const LONGEST_FIELD = 300;

const field = (text: string): string =>
  (text.length > LONGEST_FIELD ? text.slice(0, LONGEST_FIELD) : text).replace(/[\t\n]/g, ' ');

export function encodeContents(contents: readonly Contained[], language: Language): SourceContents | undefined {
  if (contents.length === 0 || !ECOSYSTEMS.has(language)) return undefined;
  const ecosystem = ECOSYSTEMS.of(language);
  const hashes = Uint32Array.from(contents, ({ name }) => packageHash(ecosystem.osv, ecosystem.normalizeName(name)));
  const lines = contents.map(({ name, version, alias = '', from }) => {
    const fields = [ecosystem.normalizeName(name), version, alias].map(field);
    return [...fields, typeof from === 'number' ? String(from) : field(`=${from}`)].join('\t');
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
