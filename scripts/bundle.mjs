// How this product's code is bundled, for what ships and for the benchmarks of parts of it.
import { readFile } from 'node:fs/promises';

/** CommonJS packages inside an ES module bundle ask for `require` and `__filename`. */
const commonJs = [
  "import { createRequire as __createRequire } from 'node:module';",
  "import { fileURLToPath as __fileURLToPath } from 'node:url';",
  'const require = __createRequire(import.meta.url);',
  'const __filename = __fileURLToPath(import.meta.url);',
  "const __dirname = __fileURLToPath(new URL('.', import.meta.url));",
].join('\n');

export async function bundleOptions() {
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
  return {
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    sourcemap: false,
    legalComments: 'none',
    logLevel: 'warning',
    // Puts constant numbers where their names are, of which V8 makes faster code.
    minifySyntax: true,
    // Its CommonJS build is UMD, whose inner requires no bundler sees.
    alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
    define: { BUILDLESS_VERSION: JSON.stringify(version) },
    banner: { js: commonJs },
  };
}
