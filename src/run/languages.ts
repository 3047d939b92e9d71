import { LanguageRows } from '../function/languages.ts';
import { NODEJS } from './languages/nodejs.ts';
import { PYTHON } from './languages/python.ts';
import type { RunRow } from './languages/row.ts';

export const RUNNING = new LanguageRows<RunRow>('src/run', { nodejs: NODEJS, python: PYTHON });
