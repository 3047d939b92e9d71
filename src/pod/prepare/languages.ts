import { LanguageRows } from '../../function/languages.ts';
import { NODEJS } from './languages/nodejs.ts';
import { PYTHON } from './languages/python.ts';
import type { PrepareRow } from './languages/row.ts';

export const PREPARATIONS = new LanguageRows<PrepareRow>('src/pod/prepare', { nodejs: NODEJS, python: PYTHON });
