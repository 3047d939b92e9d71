import { parseHandler, type Handler, type SourceView } from '../handler.ts';
import { DEFAULT_EXPORT, PATHS } from '../keys.ts';
import { withoutEndingSlashes } from '../slashes.ts';
import { BUN_OPTIONS_VARIABLE } from '../toolkit.ts';
import type { LanguageTraits } from './traits.ts';

/** Of a handler's file, the preferred first, as in Node's own resolution. */
export const EXTENSIONS = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'] as const;

export const NODEJS: LanguageTraits = {
  title: 'Node.js',
  version: { pattern: /^[1-9]\d*$/, fix: 'write the major version alone, such as "22"', oldest: '20' },
  // Node.js 20 left maintenance in April 2026 (github.com/nodejs/release).
  runtimes: {
    nodejs20: {
      version: '20',
      image: 'docker.io/library/node:20.20.2-slim',
      interpreter: 'node',
      deprecated: 'Node.js 20 is past its end of life (2026-04-30); use nodejs22 or nodejs24',
    },
    nodejs22: { version: '22', image: 'docker.io/library/node:22.23.3-slim', interpreter: 'node' },
    nodejs24: { version: '24', image: 'docker.io/library/node:24.21.0-slim', interpreter: 'node' },
    nodejs26: { version: '26', image: 'docker.io/library/node:26.12.1-slim', interpreter: 'node' },
    // The version is that of Node.js whose API Bun has: its `process.versions.node`.
    bun1: { version: '26', image: 'docker.io/oven/bun:1.4.5-slim', interpreter: 'bun' },
  },
  interpreterAliases: [],
  engines: { bun: { command: 'bun', title: 'Bun', env: BUN_OPTIONS_VARIABLE } },
  extensions: EXTENSIONS,
  handlerOfSource: handlerOfPackageJson,
  installers: [
    { name: 'bun', runsIn: 'toolkit' },
    { name: 'npm', runsIn: 'runtime', alsoInToolkit: true },
  ],
  dependencyFiles: ['package.json'],
  packages: 'node_modules',
  registryFile: '.npmrc',
  apis: ['event', 'http'],
  server: `${PATHS.runtime}/server.mjs`,
  installer: `${PATHS.runtime}/install.mjs`,
  installerTakesLevel: true,
  healthPort: 8099,
  env: { NODE_ENV: 'production' },
  serverEnv: {},
};

/**
 * `main` of package.json, if it is a file of the source: `npm init` writes an index.js there that may never be made.
 *
 * @returns undefined for the default handler
 */
export function handlerOfPackageJson(source: SourceView): Handler | undefined {
  const main = mainOf(source.read('package.json'));
  if (main === undefined) return undefined;
  for (const files of filesOf(main)) {
    const [first = ''] = files;
    const named = parseHandler(`${withoutExtension(first)}.${DEFAULT_EXPORT}`);
    if (!('problem' in named) && files.some((file) => source.has(file))) return named;
  }
  return undefined;
}

/** What `main` of package.json may stand for, in Node's order: a file, one without its extension, the index of a folder. */
function filesOf(main: string): readonly (readonly string[])[] {
  const path = withoutEndingSlashes(main.replace(/^(?:\.\/)+/, ''));
  const withExtensions = (stem: string): string[] => EXTENSIONS.map((extension) => stem + extension);
  if (path === '' || path === '.') return [withExtensions('index')];
  const file = withoutExtension(path) === path ? withExtensions(path) : [path];
  return [file, withExtensions(`${path}/index`)];
}

function withoutExtension(file: string): string {
  const extension = EXTENSIONS.find((ending) => file.endsWith(ending));
  return extension === undefined ? file : file.slice(0, -extension.length);
}

function mainOf(packageJson: string | undefined): string | undefined {
  if (packageJson === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(packageJson);
    const main = typeof parsed === 'object' && parsed !== null && 'main' in parsed ? parsed.main : undefined;
    return typeof main === 'string' ? main : undefined;
  } catch {
    // What is wrong with it, the dependency policy and the installer say better.
    return undefined;
  }
}
