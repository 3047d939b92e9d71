import type { Language } from './languages.ts';

/**
 * What may install a Function's dependencies. The language's own installer runs in the runtime's image; the fast one comes
 * with the toolkit and runs in `buildless-prepare`, so that there is no second init container.
 */
export const INSTALLERS = {
  nodejs: { own: 'npm', fast: 'bun' },
  python: { own: 'pip', fast: 'uv' },
} as const satisfies Readonly<Record<Language, { readonly own: string; readonly fast: string }>>;

export type OwnInstaller = (typeof INSTALLERS)[Language]['own'];
export type FastInstaller = (typeof INSTALLERS)[Language]['fast'];
export type InstallerName = OwnInstaller | FastInstaller;

export const INSTALLER_NAMES: readonly InstallerName[] = Object.values(INSTALLERS).flatMap(({ own, fast }) => [
  own,
  fast,
]);

/** `auto` takes the fast installer where its result is the same. */
export type InstallerChoice = InstallerName | 'auto';

/** What an author may choose from in a language. */
export const choicesOf = (language: Language): readonly InstallerChoice[] => [
  'auto',
  INSTALLERS[language].own,
  INSTALLERS[language].fast,
];

export const isFastInstaller = (name: string): name is FastInstaller =>
  Object.values(INSTALLERS).some(({ fast }) => fast === name);
