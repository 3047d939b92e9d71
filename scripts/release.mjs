// `npm run release`: every file of a release that needs no network service (package registries aside).
import path from 'node:path';
import { parseArgs } from 'node:util';
import { setUp } from './set-up.mjs';
import { usage } from './usage.mjs';

usage(`
Usage: npm run release -- [--dry-run] [--images] [--out FOLDER]

Makes and checks every file of a release, and prints the commands that need registries or the identity of the workflow. It publishes
nothing: .github/workflows/release.yml runs those commands.

--dry-run  accepts a checkout with changes, and a CHANGELOG.md without a section for the version
--images   builds the images as well
--out      folder for the files (release)`);

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
