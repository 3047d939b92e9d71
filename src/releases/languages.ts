import { LanguageRows } from '../function/languages.ts';
import { NODEJS } from './languages/nodejs.ts';
import { PYTHON } from './languages/python.ts';
import type { ReleaseRow } from './languages/row.ts';

export const RELEASES = new LanguageRows<ReleaseRow>('src/releases', { nodejs: NODEJS, python: PYTHON });
