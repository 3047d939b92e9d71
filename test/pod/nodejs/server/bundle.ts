import { build } from 'esbuild';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const repository = path.resolve(import.meta.dirname, '../../../..');

/** As scripts/build.mjs has it. */
const banner = [
  "import { createRequire as __createRequire } from 'node:module';",
  "import { fileURLToPath as __fileURLToPath } from 'node:url';",
  'const require = __createRequire(import.meta.url);',
  'const __filename = __fileURLToPath(import.meta.url);',
  "const __dirname = __fileURLToPath(new URL('.', import.meta.url));",
].join('\n');

/** The built programs of a Pod, laid out as `dist/pod`, with the Node.js server alone. */
export async function bundleServer(): Promise<{ readonly programs: string; remove(): Promise<void> }> {
  const programs = await mkdtemp(path.join(tmpdir(), 'buildless-nodejs-server-'));
  await build({
    entryPoints: [path.join(repository, 'src/pod/nodejs/server/main.ts')],
    outfile: path.join(programs, 'nodejs/server.mjs'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    legalComments: 'none',
    logLevel: 'warning',
    define: { BUILDLESS_VERSION: '"0.0.0-test"' },
    banner: { js: banner },
  });
  await chmod(programs, 0o755);
  return { programs, remove: () => rm(programs, { recursive: true, force: true }) };
}
