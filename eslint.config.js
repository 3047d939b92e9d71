import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';
import { PURE_FOLDERS } from './layers.js';

const WRITTEN_KEYS = ['Literal[value=', 'TemplateElement[value.raw='].map((node) => ({
  selector: `${node}/^buildless\\.dev\\/[a-z-]*$/]`,
  message: 'Take the name from src/function/keys.ts.',
}));

/** All else treats languages alike: what differs is a row of the concern (CONTRIBUTING.md, "a language"). */
const NAMED_LANGUAGES = ['Literal[value=', 'Property[key.name=', 'MemberExpression[property.name='].map((node) => ({
  selector: `${node}/^(?:nodejs|python)$/]`,
  message: "Ask the concern's LanguageRows (its languages.ts) instead of naming a language.",
}));

export default defineConfig(
  {
    ignores: [
      'dist/',
      'dist-binary/',
      'release/',
      '.build/',
      'coverage/',
      'examples/',
      'templates/',
      'test/golden/',
      'test/fixtures/',
      'certs/',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // client-node declares Kubernetes' objects as classes; what the API server sends are plain objects of that shape.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['**/dist/**'], message: 'Source never imports build output.' }] },
      ],
    },
  },
  {
    // Every text of a review is hostile: an expression that takes more than linear time stops the webhook for all.
    files: ['src/**/*.ts'],
    plugins: { regexp },
    rules: {
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': ['error', { report: 'potential', ignoreSticky: true }],
    },
  },
  {
    // A key that the code reads or writes is written once; test/function/keys.test.ts looks at those in messages.
    files: ['src/**/*.ts'],
    ignores: ['src/function/keys.ts'],
    rules: { 'no-restricted-syntax': ['error', ...WRITTEN_KEYS, ...NAMED_LANGUAGES] },
  },
  {
    // What names a language: the table of each concern, and the files of one language.
    files: [
      'src/**/languages.ts',
      'src/**/languages/*.ts',
      'src/dependencies/lock-files.ts',
      'src/dependencies/{npm,python}/**/*.ts',
      'src/lock/{npm,pip,python,uv}.ts',
      'src/pod/nodejs/**/*.ts',
      'src/config/former-keys.ts',
    ],
    rules: { 'no-restricted-syntax': ['error', ...WRITTEN_KEYS] },
  },
  {
    // The core is pure: no network, clock, files or process. What it imports is judged by `npm run layers` (layers.js).
    files: PURE_FOLDERS.map((folder) => (folder.endsWith('.ts') ? `src/${folder}` : `src/${folder}/**/*.ts`)),
    rules: {
      'no-restricted-globals': [
        'error',
        ...['process', 'fetch', 'performance', 'setImmediate', 'setInterval', 'setTimeout', 'WebSocket'].map(
          (name) => ({
            name,
            message: 'The core is pure: pass this in from server/ or cli/.',
          }),
        ),
      ],
      'no-restricted-properties': ['error', { object: 'Date', property: 'now', message: 'Pass the clock in.' }],
    },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
        performance: 'readonly',
      },
    },
  },
);
