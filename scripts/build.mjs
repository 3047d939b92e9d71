// Builds dist/: the command (which is also the webhook) and the programs that run inside a Function's Pod.
// Everything is bundled, so that nothing is downloaded where it runs. `--demo` and the like are not needed: tests, demo
// and benchmarks run this first.
import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { chmod, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { bundleOptions } from './bundle.mjs';
import { vendorPython } from './vendor-python.mjs';

const root = path.resolve(import.meta.dirname, '..');
const dist = path.join(root, 'dist');
process.chdir(root);

/**
 * `import` of node:http reads each of its properties for its names, and three of them load undici from Node.js 22 on: 40 ms and 10 MB
 * of each start. `require` and this do not.
 */
const withoutUndici = {
  name: 'without-undici',
  setup({ onResolve, onLoad }) {
    const names = Object.keys(http).filter((name) => !['CloseEvent', 'MessageEvent', 'WebSocket'].includes(name));
    const contents = `const http = process.getBuiltinModule('node:http');\nexport default http;\nexport const { ${names.join(', ')} } = http;`;
    onResolve({ filter: /^node:http$/ }, ({ kind }) =>
      kind === 'import-statement' ? { path: 'node:http', namespace: 'builtin' } : undefined,
    );
    onLoad({ filter: /^node:http$/, namespace: 'builtin' }, () => ({ contents }));
  },
};

/** Modules of Python's server that an event needs. */
const TESTED_PYTHON = [
  ...['__init__', 'answer', 'body', 'cloud_events', 'event', 'journal', 'json_text', 'own', 'packages', 'publisher'],
  ...['settings', 'stop', 'type_names', 'tracing/__init__', 'tracing/tracer'],
].map((name) => `${name}.py`);

const shared = { ...(await bundleOptions()), metafile: true };

await rm(dist, { recursive: true, force: true });
await mkdir(path.join(dist, 'pod'), { recursive: true });

const results = await Promise.all([
  build({
    ...shared,
    entryPoints: { buildless: 'src/cli/main.ts' },
    outdir: dist,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    splitting: true,
    minifyWhitespace: true,
  }),
  // A bundle of its own: it is loaded again into a thread, which needs nothing of the rest.
  build({
    ...shared,
    entryPoints: ['src/server/judgement/thread.ts'],
    outfile: 'dist/judge.mjs',
    minifyWhitespace: true,
  }),
  build({
    ...shared,
    entryPoints: ['src/denied-sources/thread.ts'],
    outfile: 'dist/denied.mjs',
    minifyWhitespace: true,
  }),
  build({ ...shared, entryPoints: ['src/pod/prepare/main.ts'], outfile: 'dist/pod/prepare.mjs' }),
  // What a Function may never need (tracing, TypeScript on an old Node.js) is in files of its own: a start reads the rest.
  build({
    ...shared,
    entryPoints: {
      server: 'src/pod/nodejs/server/main.ts',
      health: 'src/pod/nodejs/server/health/thread.ts',
      'typescript-hooks': 'src/pod/nodejs/server/typescript/hooks.ts',
    },
    outdir: 'dist/pod/nodejs',
    outExtension: { '.js': '.mjs' },
    // Next to the entries: what names a file by import.meta.url may be in a chunk.
    chunkNames: '[name]-[hash]',
    splitting: true,
    plugins: [withoutUndici],
  }),
  // CommonJS, which loads while a handler reads a property; most handlers never ask for it.
  build({
    ...shared,
    format: 'cjs',
    banner: {},
    stdin: { contents: "module.exports = require('express')", resolveDir: root },
    outfile: 'dist/pod/nodejs/express.cjs',
    minifyWhitespace: true,
  }),
  // CommonJS, so that a handler gets the same one by `import` and by `require`.
  build({
    ...shared,
    format: 'cjs',
    banner: {},
    entryPoints: ['src/pod/nodejs/sdk/index.ts'],
    outfile: 'dist/pod/nodejs/sdk.cjs',
  }),
  build({ ...shared, entryPoints: ['src/pod/nodejs/install/main.ts'], outfile: 'dist/pod/nodejs/install.mjs' }),
  build({
    ...shared,
    entryPoints: ['src/pod/nodejs/testing/index.ts'],
    outfile: 'dist/init/nodejs/testing.mjs',
    minifyWhitespace: true,
  }),
]);

await cp('src/pod/python', 'dist/pod/python', {
  recursive: true,
  filter: (source) => !source.includes('__pycache__') && !/requirements(-http)?\.txt$/.test(source),
});
await vendorPython('src/pod/python/requirements.txt', 'dist/pod/python/vendor');
await vendorPython('src/pod/python/requirements-http.txt', 'dist/pod/python/vendor-http');
await writeAssetsOfInit();
await writeNotices(results);
await chmod('dist/buildless.mjs', 0o755);

/** What `buildless init` writes into a new Function: templates, types, and the server's own events for tests. */
async function writeAssetsOfInit() {
  const templates = ['http', 'cloud-event', 'cloud-event-python', 'cron', 'cron-python', 'typescript', 'python'];
  for (const name of templates) await cp(`templates/${name}`, `dist/init/templates/${name}`, { recursive: true });
  for (const file of ['index.d.ts', 'testing.d.ts']) await cp(`types/${file}`, `dist/init/nodejs/${file}`);
  await cp('dist/pod/nodejs/express.cjs', 'dist/init/nodejs/express.cjs');
  const own = 'dist/init/python/buildless_testing';
  const isPlain = (source) => !source.includes('__pycache__');
  await cp('templates/buildless_testing', own, { recursive: true, filter: isPlain });
  for (const module of TESTED_PYTHON) await cp(`src/pod/python/buildless_server/${module}`, `${own}/_server/${module}`);
  for (const name of ['bottle.py', 'cloudevents', 'deprecation.py', 'packaging'])
    await cp(`dist/pod/python/vendor/${name}`, `${own}/_vendor/${name}`, { recursive: true, filter: isPlain });
}

/** The licences of what is bundled, as most of them ask for. */
async function writeNotices(bundles) {
  const folders = new Set();
  for (const { metafile } of bundles) {
    for (const input of Object.keys(metafile.inputs)) {
      const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
      if (found) folders.add(found[1]);
    }
  }
  const notices = [];
  for (const folder of [...folders].sort()) {
    const manifest = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
    const names = ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'license', 'LICENCE', 'License', 'license.md'];
    const file = names.map((name) => path.join(folder, name)).find((name) => existsSync(name));
    const text = file === undefined ? `Licence: ${manifest.license}` : await readFile(file, 'utf8');
    notices.push(`${manifest.name} ${manifest.version}\n\n${text.trim()}\n`);
  }
  await writeFile(path.join(dist, 'THIRD-PARTY-NOTICES.txt'), notices.join(`\n${'-'.repeat(80)}\n\n`));
}

if (process.argv.includes('--sizes')) {
  console.log(execFileSync('du', ['-ak', '--apparent-size', '--max-depth=2', dist], { encoding: 'utf8' }));
}
