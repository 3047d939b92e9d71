import { LanguageRows } from '../function/languages.ts';
import { NODEJS_FACTS } from './languages/nodejs.ts';
import { PYTHON_FACTS } from './languages/python.ts';

/** Where a folder says which version of its language it needs. */
export const RUNTIME_FACTS = new LanguageRows('src/folders', { nodejs: NODEJS_FACTS, python: PYTHON_FACTS });
