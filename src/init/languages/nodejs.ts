import { assets } from '../assets.ts';
import type { NewFiles, NewFunction, NewFunctionRow } from './row.ts';

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const VERSION = '1.0.0';

/** How TypeScript looks at the code, as an editor does: JavaScript is checked as well. */
const COMPILER_OPTIONS = {
  target: 'es2023',
  module: 'nodenext',
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  noUncheckedIndexedAccess: true,
};

/** What Node.js can strip (https://nodejs.org/api/typescript.html). */
const STRIPPABLE = { erasableSyntaxOnly: true, verbatimModuleSyntax: true, allowImportingTsExtensions: true };

export const NEW_NODEJS: NewFunctionRow = {
  source: (made) => ({ 'package.json': json(manifestOf(made)), 'package-lock.json': json(lockOf(made)) }),
  others: ({ template }) => ({
    ...copies(),
    ...(template.typed === true
      ? { 'tsconfig.json': json({ compilerOptions: { ...COMPILER_OPTIONS, ...STRIPPABLE }, include: ['**/*.ts'] }) }
      : {
          'jsconfig.json': json({
            compilerOptions: { ...COMPILER_OPTIONS, checkJs: true },
            include: ['**/*.js'],
            exclude: ['node_modules', '**/*.test.js'],
          }),
        }),
  }),
  attach: { type: 'node', request: 'attach', port: 9229, restart: true, skipFiles: ['<node_internals>/**'] },
  ignored: ['node_modules/'],
  test: 'npm test',
  // bun.com/docs/cli/test: it takes tests of node:test.
  testOn: { bun: 'bun test' },
};

const manifestOf = ({ name, runtime }: NewFunction): Readonly<Record<string, unknown>> => ({
  name,
  version: VERSION,
  private: true,
  type: 'module',
  engines: { node: `>=${runtime.version}` },
  scripts: { test: 'node --test' },
  imports: {
    '#buildless': { types: './.buildless/index.d.ts' },
    '#buildless/testing': { types: './.buildless/testing.d.ts', default: './.buildless/testing.mjs' },
  },
});

/** As `npm install --package-lock-only` writes it for a package without dependencies. */
const lockOf = ({ name, runtime }: NewFunction): Readonly<Record<string, unknown>> => ({
  name,
  version: VERSION,
  lockfileVersion: 3,
  requires: true,
  packages: { '': { name, version: VERSION, engines: { node: `>=${runtime.version}` } } },
});

/** Types, and events for tests, of the command that makes the folder. */
const copies = (): NewFiles =>
  Object.fromEntries([...assets('nodejs')].map(([file, content]) => [`.buildless/${file}`, content]));
