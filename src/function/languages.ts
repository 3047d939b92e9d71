/**
 * The languages of Functions. Whatever a concern (a folder such as `dependencies`, `lock` or `run`) has to know of each is a
 * row of its `LanguageRows`; everything else treats languages alike and names none.
 */
import { NODEJS } from './languages/nodejs.ts';
import { PYTHON } from './languages/python.ts';
import type { LanguageTraits } from './languages/traits.ts';

const SHIPPED = { nodejs: NODEJS, python: PYTHON } satisfies Record<string, LanguageTraits>;

/** The languages that Buildless comes with: the compiler demands a row of each from every concern. */
export type ShippedLanguage = keyof typeof SHIPPED;

declare const added: unique symbol;
/** A language that a program adds at its start (`addLanguage`); it adds its rows to the concerns that it uses as well. */
export type AddedLanguage = string & { readonly [added]: true };

export type Language = ShippedLanguage | AddedLanguage;

/**
 * What one concern knows of each language.
 *
 * @example const SHOES = new LanguageRows('shoes', { nodejs: 'sandals', python: 'boots' }); SHOES.of(language)
 */
export class LanguageRows<Row> {
  readonly #concern: string;
  readonly #rows: Map<string, Row>;

  /** @param concern for the message about a row that is missing */
  constructor(concern: string, shipped: Readonly<Record<ShippedLanguage, Row>>) {
    this.#concern = concern;
    this.#rows = new Map(Object.entries(shipped));
  }

  /** @throws for an added language without a row, which is a fault of the program that added it */
  of(language: Language): Row {
    const row = this.#rows.get(language);
    if (row === undefined) throw new Error(`the language ${language} has no row in ${this.#concern}`);
    return row;
  }

  /** The row of a language by any name; undefined for a name of none, or of an added one without a row. */
  find(name: string): Row | undefined {
    return this.#rows.get(name);
  }

  has(name: string): boolean {
    return this.#rows.has(name);
  }

  add(language: AddedLanguage, row: Row): void {
    this.#rows.set(language, row);
  }

  /** All of them, the shipped ones first. */
  values(): readonly Row[] {
    return [...this.#rows.values()];
  }
}

export const LANGUAGES = new LanguageRows<LanguageTraits>('src/function', SHIPPED);

export const isLanguage = (name: string): name is Language => LANGUAGES.has(name);

const names: Language[] = Object.keys(SHIPPED).filter(isLanguage);

/** In the order of messages: those that were added come last. */
export const languageNames = (): readonly Language[] => [...names];

const isNew = (name: string): name is AddedLanguage => !LANGUAGES.has(name);

/**
 * Makes a language known to this program, before it loads anything but this module: the configuration's defaults and its
 * schema list the languages that are known then.
 *
 * @returns its name, by which concerns take their rows of it
 */
export function addLanguage(name: string, traits: LanguageTraits): AddedLanguage {
  if (!isNew(name)) throw new Error(`the language ${name} is known already`);
  LANGUAGES.add(name, traits);
  names.push(name);
  return name;
}
