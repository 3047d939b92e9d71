import type { SourceFiles } from '../function/files.ts';
import { ReadWhenAsked } from '../function/read-when-asked.ts';
import type { Budget } from './budget.ts';

/**
 * Steps (microseconds, about) that a byte of a file stands for, by what a reader makes of it: a line of requirements.txt, a
 * quarter of a dependency between two quotes, an alternative of a range. Measured with `npm run bench -- hostile`.
 */
const WEIGHTS: Readonly<
  Record<'json' | 'packageJson' | 'project' | 'toml' | 'text', Readonly<Record<string, number>>>
> = {
  // The reader of a lock pays for each entry.
  json: {},
  packageJson: { '"': 20, '|': 10 },
  project: { '"': 20, "'": 20, '@': 20, ',': 4 },
  toml: { '"': 2, "'": 2, '@': 20, '.': 2, '=': 4, '[': 4, '{': 2, ',': 1 },
  text: { '\n': 16, '@': 20, ',': 4 },
};
/** Bytes that cost one step, whatever they are. */
const BYTES_OF_STEP = 8;

/** The files of a source, each of which is paid for when it is read first: before its length costs anything. */
export class MeteredFiles extends ReadWhenAsked {
  readonly #files: SourceFiles;
  readonly #budget: Budget;
  readonly #paid = new Set<string>();

  constructor(files: SourceFiles, budget: Budget) {
    super();
    this.#files = files;
    this.#budget = budget;
  }

  get size(): number {
    return this.#files.size;
  }

  has(file: string): boolean {
    return this.#files.has(file);
  }

  /** @throws TooComplex */
  get(file: string): Uint8Array | undefined {
    const content = this.#files.get(file);
    if (content !== undefined && !this.#paid.has(file)) {
      this.#paid.add(file);
      this.#budget.spend(stepsOf(file, content));
    }
    return content;
  }

  keys(): MapIterator<string> {
    return this.#files.keys();
  }
}

function stepsOf(file: string, content: Uint8Array): number {
  const weights = WEIGHTS[kindOf(file)];
  let steps = Math.ceil(content.byteLength / BYTES_OF_STEP);
  for (const [character, weight] of Object.entries(weights)) steps += weight * count(content, character.charCodeAt(0));
  return steps;
}

function kindOf(file: string): keyof typeof WEIGHTS {
  const name = file.slice(file.lastIndexOf('/') + 1);
  if (name === 'package.json') return 'packageJson';
  if (name === 'pyproject.toml') return 'project';
  if (name.endsWith('.json')) return 'json';
  return name.endsWith('.toml') ? 'toml' : 'text';
}

function count(content: Uint8Array, byte: number): number {
  let found = 0;
  for (let at = content.indexOf(byte); at !== -1; at = content.indexOf(byte, at + 1)) found += 1;
  return found;
}
