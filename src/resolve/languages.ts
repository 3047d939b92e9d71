import { LanguageRows } from '../function/languages.ts';
import { NODEJS } from './languages/nodejs.ts';
import { PYTHON } from './languages/python.ts';
import type { ResolveRow } from './languages/row.ts';

export const RESOLVING = new LanguageRows<ResolveRow>('src/resolve', { nodejs: NODEJS, python: PYTHON });
