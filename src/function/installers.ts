import { languageNames, LANGUAGES, type Language } from './languages.ts';
import type { Installer } from './languages/traits.ts';
import { engineOf } from './engine.ts';
import type { Runtime } from './runtimes.ts';

/** Of every language, the preferred of each first. */
export const installerNames = (): readonly string[] =>
  languageNames().flatMap((language) => LANGUAGES.of(language).installers.map(({ name }) => name));

/** What an author may write: the name of an installer, or `auto` for the first of the list whose result is the same. */
export type InstallerChoice = string;

const AUTO = 'auto';

/** What an author may choose from in a language. */
export const choicesOf = (language: Language): readonly InstallerChoice[] => [
  AUTO,
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

/**
 * What an author may choose in place of an installer of the toolkit that cannot install a source: one of the runtime's image, or
 * `auto` if the image has none and one of the toolkit takes over.
 *
 * @param allowed by the configuration
 * @param chosen what the Function has now
 */
export function otherChoices(
  runtime: Pick<Runtime, 'language' | 'interpreter'>,
  allowed: readonly string[],
  chosen: InstallerChoice,
): readonly InstallerChoice[] {
  const ofImage = installersOfImage(runtime);
  if (ofImage.length > 0) return ofImage.map(({ name }) => name).filter((name) => allowed.includes(name));
  const takesOver = installersIn('runtime', runtime.language).some(
    ({ name, alsoInToolkit }) => alsoInToolkit === true && allowed.includes(name),
  );
  return takesOver && chosen !== AUTO ? [AUTO] : [];
}

/** The one of the runtime to which a source is left if none of the toolkit can install it; undefined if there is none. */
export const runtimeInstaller = (language: Language): Installer | undefined => installersIn('runtime', language)[0];

/** For a cure: `npm`, or `pip or pipx`. */
export const nameEach = (installers: readonly Installer[]): string => installers.map(({ name }) => name).join(' or ');
