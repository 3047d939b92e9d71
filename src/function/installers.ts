import { languageNames, LANGUAGES, type Language } from './languages.ts';
import type { Installer } from './languages/traits.ts';
import { engineOf } from './engine.ts';
import type { Runtime } from './runtimes.ts';

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

/** What an author may choose from on a runtime. */
export const installerChoices = (runtime: Pick<Runtime, 'language' | 'interpreter'>): readonly InstallerChoice[] => {
  const lacking = installersIn('runtime', runtime.language).filter(
    (installer) => !installersOfImage(runtime).includes(installer),
  );
  return choicesOf(runtime.language).filter((choice) => lacking.every(({ name }) => name !== choice));
};

/** Those that run in the runtime's image, or in the toolkit's, the preferred first. */
export const installersIn = (place: Installer['runsIn'], language: Language): readonly Installer[] =>
  LANGUAGES.of(language).installers.filter(({ runsIn }) => runsIn === place);

/** Those that a runtime's image has. */
export const installersOfImage = (runtime: Pick<Runtime, 'language' | 'interpreter'>): readonly Installer[] =>
  engineOf(runtime) === undefined ? installersIn('runtime', runtime.language) : [];

/** The one of the runtime to which a source is left if none of the toolkit can install it; undefined if there is none. */
export const runtimeInstaller = (language: Language): Installer | undefined => installersIn('runtime', language)[0];

/** For a cure: `npm`, or `pip or pipx`. */
export const nameEach = (installers: readonly Installer[]): string => installers.map(({ name }) => name).join(' or ');
