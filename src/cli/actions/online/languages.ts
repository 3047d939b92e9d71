import { LanguageRows } from '../../../function/languages.ts';
import { placesInNpmLock } from './languages/nodejs.ts';
import { placesInPythonLock } from './languages/python.ts';
import type { PlacesOf } from './place.ts';

/** Where the locks of a language have their packages. */
export const LOCK_PLACES = new LanguageRows<PlacesOf>('src/cli/actions/online', {
  nodejs: placesInNpmLock,
  python: placesInPythonLock,
});
