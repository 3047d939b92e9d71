import { LanguageRows } from '../function/languages.ts';
import { NEW_NODEJS } from './languages/nodejs.ts';
import { NEW_PYTHON } from './languages/python.ts';

/** What a new Function of each language has besides its code. */
export const NEW_FUNCTIONS = new LanguageRows('src/init', { nodejs: NEW_NODEJS, python: NEW_PYTHON });
