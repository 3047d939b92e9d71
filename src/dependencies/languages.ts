import { LanguageRows } from '../function/languages.ts';
import { NPM } from './npm/row.ts';
import { PYTHON } from './python/row.ts';
import type { DependencyRow } from './row.ts';

export const DEPENDENCIES = new LanguageRows<DependencyRow>('src/dependencies', { nodejs: NPM, python: PYTHON });
