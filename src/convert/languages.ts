import { LanguageRows } from '../function/languages.ts';
import { NODEJS } from './languages/nodejs.ts';
import { PYTHON } from './languages/python.ts';
import type { ConvertRow } from './languages/row.ts';

export const CONVERSIONS = new LanguageRows<ConvertRow>('src/convert', { nodejs: NODEJS, python: PYTHON });
