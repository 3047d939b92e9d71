// `npm run release -- --dry-run [--out FOLDER] [--images]`: makes and checks every file of a release that needs no network service
// (package registries aside), and prints the commands for the rest. Without --dry-run the checkout has to be clean and CHANGELOG.md
// has to have a section for the version; it publishes nothing either: .github/workflows/release.yml runs the commands.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { setUp } from './set-up.mjs';

const { values } = parseArgs({
  options: {
    'dry-run': { type: 'boolean', default: false },
    out: { type: 'string', default: 'release' },
    images: { type: 'boolean', default: false },
  },
});

const folder = path.resolve(values.out);
await setUp();
const { tsImport } = await import('tsx/esm/api');
const { goProgram } = await tsImport('../test/programs/go-program.ts', import.meta.url);
const { makeRelease } = await tsImport('./release/release.ts', import.meta.url);
try {
  await makeRelease({
    folder,
    dryRun: values['dry-run'],
    images: values.images,
    helm: await goProgram('helm'),
    say: (line) => console.log(line),
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
