import { languageNames, LANGUAGES, type Language } from './languages.ts';
import type { Installer } from './languages/traits.ts';

/** Of every language, the preferred of each first. */
export const installerNames = (): readonly string[] =>
  languageNames().flatMap((language) => LANGUAGES.of(language).installers.map(({ name }) => name));

/** What an author may write: the name of an installer, or `auto` for the first of the list whose result is the same. */
export type InstallerChoice = string;

/** What an author may choose from in a language. */
export const choicesOf = (language: Language): readonly InstallerChoice[] => [
  'auto',
  ...LANGUAGES.of(language).installers.map(({ name }) => name),
];

/** Those that run in the runtime's image, or in the toolkit's, the preferred first. */
export const installersIn = (place: Installer['runsIn'], language: Language): readonly Installer[] =>
  LANGUAGES.of(language).installers.filter(({ runsIn }) => runsIn === place);

/** The one of the runtime to which a source is left if none of the toolkit can install it; undefined if there is none. */
export const runtimeInstaller = (language: Language): Installer | undefined => installersIn('runtime', language)[0];

/** For a cure: `npm`, or `pip or pipx`. */
export const nameEach = (installers: readonly Installer[]): string => installers.map(({ name }) => name).join(' or ');
