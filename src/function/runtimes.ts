import { languageNames, LANGUAGES, type Language } from './languages.ts';
import type { LanguageRuntime } from './languages/traits.ts';

/** One row of the catalogue: an administrator may add or override rows in the configuration. */
export interface Runtime extends LanguageRuntime {
  readonly language: Language;
}

export type RuntimeCatalogue = Readonly<Record<string, Runtime>>;

/** The catalogue as shipped: the runtimes of each language. */
export const RUNTIMES: RuntimeCatalogue = Object.fromEntries(
  languageNames().flatMap((language) =>
    Object.entries(LANGUAGES.of(language).runtimes).map(([name, runtime]) => [name, { language, ...runtime }] as const),
  ),
);
