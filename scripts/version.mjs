// The version of package.json in texts that are written by hand: `npm run manifests` puts it there, test/installation/version.test.ts
// looks for others.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '..');

/** SemVer without the build. */
const VERSION = String.raw`\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]*[0-9A-Za-z])?`;

/** How our version is written; group 1 stays. */
const FORMS = [
  String.raw`(ghcr\.io/buildless-dev/[a-z-]+:)${VERSION}`,
  String.raw`(buildless-dev-buildless-)${VERSION}(?=\.tgz)`,
  String.raw`(/deploy(?:/[a-z/-]+)?\?ref=v)${VERSION}`,
  String.raw`(\*\*Status:\*\* )${VERSION}`,
].map((form) => new RegExp(form, 'g'));

/** @returns {string} the text, with this version wherever it names one of ours */
export const withVersion = (text, version) =>
  FORMS.reduce((rest, form) => rest.replaceAll(form, (_, before) => before + version), text);

/** @returns {Promise<string[]>} what is written by hand: not the chart and install.yaml, which `npm run manifests` makes */
export async function versionedFiles() {
  const found = await Promise.all(
    ['docs', 'deploy', 'examples'].map((folder) =>
      readdir(path.join(ROOT, folder), { recursive: true, withFileTypes: true }),
    ),
  );
  const files = found
    .flat()
    .filter((entry) => entry.isFile() && /\.(?:md|ya?ml)$|^Dockerfile$/.test(entry.name))
    .map(({ parentPath, name }) => path.relative(ROOT, path.join(parentPath, name)));
  return [
    'README.md',
    ...files.filter((file) => !/^deploy\/(?:chart\/|install\.yaml$)|node_modules/.test(file)).sort(),
  ];
}

export const packageVersion = async () => JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8')).version;

/** Puts the version of package.json everywhere. */
export async function writeVersion() {
  const version = await packageVersion();
  for (const name of await versionedFiles()) {
    const file = path.join(ROOT, name);
    const text = await readFile(file, 'utf8');
    const wanted = withVersion(text, version);
    if (wanted !== text) await writeFile(file, wanted);
  }
}
