import type { Budget } from '../budget.ts';
import { parseSpec, type Spec } from './spec.ts';
import { isValidName } from './valid-name.ts';

/** Of reading one with npm's parser. */
const READING_STEPS = 10;

/** Reads the specs of one source: its manifests, its lock and the packages in it ask for the same ones again and again. */
export class SpecReader {
  readonly #budget: Budget;
  readonly #specs = new Map<string, Spec>();

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  /** @see parseSpec */
  read(name: string, text: string, folder = ''): Spec {
    // npm's reading of a spec depends on the folder only for paths, and on the name only if that is not valid.
    const key = folder === '' ? text : `${text}\0${folder}`;
    const known = isValidName(name) ? this.#specs.get(key) : undefined;
    if (known !== undefined) return known;
    this.#budget.spend(READING_STEPS);
    const spec = parseSpec(name, text, folder);
    if (isValidName(name)) this.#specs.set(key, spec);
    return spec;
  }
}
