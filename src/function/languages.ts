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

export type Language = ShippedLanguage;

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

  of(language: Language): Row {
    const row = this.#rows.get(language);
    if (row === undefined) throw new Error(`the language ${language} has no row in ${this.#concern}`);
    return row;
  }

  has(name: string): boolean {
    return this.#rows.has(name);
  }

  /** All of them, the shipped ones first. */
  values(): readonly Row[] {
    return [...this.#rows.values()];
  }
}

export const LANGUAGES = new LanguageRows<LanguageTraits>('src/function', SHIPPED);

export const isLanguage = (name: string): name is Language => LANGUAGES.has(name);

/** In the order of messages. */
export const languageNames = (): readonly Language[] => Object.keys(SHIPPED).filter(isLanguage);
