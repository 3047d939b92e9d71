/** `npm run release`: every file of a release that needs no network service, checked; see remaining.ts for the rest. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { binaryName, buildBinary, PLATFORMS } from '../binary.mjs';
import { chartFiles } from '../chart/chart.ts';
import { formatOf } from './binary-format.ts';
import { krewManifest, type KrewArchive } from './krew.ts';
import { notesOf } from './notes.ts';
import { provenance } from './provenance.ts';
import { remainingCommands } from './remaining.ts';
import { cycloneDx, REQUIREMENTS, shippedIn, spdx } from './sbom.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const DOWNLOADS = 'https://github.com/buildless-dev/buildless/releases/download';
/** Of a binary: a download on a slow line is still one of minutes. */
const MOST_BYTES = 160 * 1024 * 1024;

const OPERATING_SYSTEMS: Readonly<Record<string, string>> = { linux: 'ELF', darwin: 'Mach-O', windows: 'PE' };

export interface ReleaseOptions {
  /** Absolute. */
  readonly folder: string;
  readonly dryRun: boolean;
  /** Also the images, with what builds images here. */
  readonly images: boolean;
  /** helm, or why it is not here. */
  readonly helm: string | { readonly reason: string };
  readonly say: (line: string) => void;
}

/** @throws with what is wrong where a file cannot be made, or is not as it should be */
export async function makeRelease({ folder, dryRun, images, helm, say }: ReleaseOptions): Promise<void> {
  const { version } = JSON.parse(await read('package.json')) as { readonly version: string };
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const run = (command: string, args: readonly string[], cwd = ROOT): string =>
    execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  const files: string[] = [];
  const done = async (name: string): Promise<void> => {
    files.push(name);
    say(`${String((await stat(path.join(folder, name))).size).padStart(11)}  ${name}`);
  };
  const write = async (name: string, text: string): Promise<void> => {
    await writeFile(path.join(folder, name), text);
    await done(name);
  };

  await checkVersion(version, run, dryRun);
  const changelog = await read('CHANGELOG.md');
  const notes = notesOf(changelog, version) ?? (dryRun ? notesOf(changelog, 'Unreleased') : undefined);
  if (notes === undefined) throw new Error(`CHANGELOG.md has no section "## ${version}"`);
  await writeFile(path.join(folder, 'notes.md'), notes);

  run(process.execPath, ['scripts/build.mjs']);
  run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder]);
  const tarball = `buildless-dev-buildless-${version}.tgz`;
  const packed = run('tar', ['-tzf', path.join(folder, tarball)]).split('\n');
  for (const file of ['dist/buildless.mjs', 'dist/pod/prepare.mjs', 'types/index.d.ts', 'types/sdk.d.ts', 'LICENSE', 'README.md'])
    if (!packed.includes(`package/${file}`)) throw new Error(`${tarball} lacks ${file}`);
  await done(tarball);

  await copyFile(path.join(ROOT, 'deploy/install.yaml'), path.join(folder, 'install.yaml'));
  await done('install.yaml');

  if (typeof helm !== 'string') throw new Error(`the chart needs helm: ${helm.reason}`);
  run(helm, ['package', 'deploy/chart', '--destination', folder]);
  const chart = `buildless-${version}.tgz`;
  run(helm, ['lint', '--strict', path.join(folder, chart)]);
  await done(chart);

  const archives = await makeBinaries(folder, version, run, done);
  await write('krew.yaml', krewManifest(version, archives));

  const requirements = await Promise.all(REQUIREMENTS.map(read));
  const shipped = shippedIn(await read('dist/THIRD-PARTY-NOTICES.txt'), requirements);
  await write('sbom.spdx.json', checkedBill(spdx(ROOT, shipped), 'packages', shipped.npm.size + shipped.python.length + 1));
  await write('sbom.cyclonedx.json', checkedBill(cycloneDx(ROOT, shipped), 'components', shipped.npm.size + shipped.python.length));

  const sums: Record<string, string> = {};
  for (const name of files) sums[name] = await sha256(path.join(folder, name));
  const commit = run('git', ['rev-parse', 'HEAD']).trim();
  const statement = provenance({ commit, version, files: sums });
  await write('provenance.intoto.json', `${JSON.stringify(statement, undefined, 2)}\n`);
  sums['provenance.intoto.json'] = await sha256(path.join(folder, 'provenance.intoto.json'));
  const lines = Object.entries(sums).map(([name, sum]) => `${sum}  ${name}\n`);
  await writeFile(path.join(folder, 'checksums.txt'), lines.join(''));
  say(`${files.length} files, checksums.txt and notes.md are in ${path.relative(ROOT, folder) || folder}`);

  if (images) run('npm', ['run', 'image', '--', '--output', path.join(folder, 'image')]);
  say('\nThe rest needs registries and the identity of the workflow:\n');
  const named = await imagesOf();
  const rest = { version, folder: path.relative(ROOT, folder) || folder, files };
  const commands = remainingCommands(rest, named);
  await writeFile(path.join(folder, 'publish.sh'), ['set -euo pipefail', ...commands, ''].join('\n'));
  for (const line of commands) say(line);
}

const read = (file: string): Promise<string> => readFile(path.join(ROOT, file), 'utf8');

const sha256 = async (file: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

type Run = (command: string, args: readonly string[], cwd?: string) => string;

/** One version everywhere: package.json has it, and all that is generated has the same. */
async function checkVersion(version: string, run: Run, dryRun: boolean): Promise<void> {
  const tag = process.env.GITHUB_REF_TYPE === 'tag' ? process.env.GITHUB_REF_NAME : undefined;
  if (tag !== undefined && tag !== `v${version}`) throw new Error(`the tag is ${tag}, and package.json has ${version}`);
  if (!dryRun && run('git', ['status', '--porcelain']) !== '') throw new Error('the checkout has uncommitted changes');
  const { version: locked } = JSON.parse(await read('package-lock.json')) as { readonly version: string };
  if (locked !== version) throw new Error(`package-lock.json has ${locked}, and package.json ${version}`);
  for (const [file, text] of await chartFiles())
    if ((await read(`deploy/chart/${file}`)) !== text) throw new Error(`deploy/chart/${file} is old: npm run manifests`);
  const others = [...(await read('deploy/install.yaml')).matchAll(/ghcr\.io\/buildless-dev\/[a-z-]+:(\S+)/g)]
    .map(([, found]) => found)
    .filter((found) => found !== version);
  if (others.length > 0) throw new Error(`deploy/install.yaml names ${others.join(', ')}: npm run manifests`);
}

/** Images of ours that the manifests name. */
async function imagesOf(): Promise<readonly { readonly name: string; readonly target?: string }[]> {
  const text = parseAllDocuments(await read('deploy/install.yaml')).join('\n');
  const names = new Set([...text.matchAll(/ghcr\.io\/buildless-dev\/([a-z-]+):/g)].map(([, name = '']) => name));
  const targets = new Set([...(await read('deploy/Dockerfile')).matchAll(/ AS (\S+)$/gm)].map(([, stage = '']) => stage));
  return [...names].sort().map((name) => {
    const target = [name, name.replace(/^buildless-/, '')].find((each) => targets.has(each));
    return { name, ...(target !== undefined && { target }) };
  });
}

async function makeBinaries(
  folder: string,
  version: string,
  run: Run,
  done: (name: string) => Promise<void>,
): Promise<readonly KrewArchive[]> {
  const archives: KrewArchive[] = [];
  for (const platform of Object.keys(PLATFORMS)) {
    const scratch = await mkdtemp(path.join(tmpdir(), 'buildless-release-'));
    try {
      const file = await buildBinary(scratch, platform);
      await checkBinary(file, platform);
      await cp(path.join(ROOT, 'LICENSE'), path.join(scratch, 'LICENSE'));
      const notices = 'THIRD-PARTY-NOTICES.txt';
      await cp(path.join(ROOT, 'dist', notices), path.join(scratch, notices));
      const name = `buildless-${version}-${platform}.tar.gz`;
      run('tar', ['-czf', path.join(folder, name), binaryName(platform), 'LICENSE', notices], scratch);
      await done(name);
      archives.push({
        platform,
        url: `${DOWNLOADS}/v${version}/${name}`,
        sha256: await sha256(path.join(folder, name)),
        bin: binaryName(platform),
      });
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }
  return archives;
}

/** As far as another machine's program can be checked here. */
async function checkBinary(file: string, platform: string): Promise<void> {
  const [os = '', machine = ''] = platform.split('-');
  const found = await formatOf(file);
  if (found?.format !== OPERATING_SYSTEMS[os] || found?.machine !== machine)
    throw new Error(`the file for ${platform} is ${JSON.stringify(found)}`);
  if (os === 'darwin' && found.signed !== true) throw new Error(`the file for ${platform} is not signed, so it does not start`);
  const { size } = await stat(file);
  if (size > MOST_BYTES) throw new Error(`the file for ${platform} has ${size} bytes, more than ${MOST_BYTES}`);
}

function checkedBill(bill: object, field: string, wanted: number): string {
  const list: unknown = new Map<string, unknown>(Object.entries(bill)).get(field);
  const count = Array.isArray(list) ? list.length : 0;
  if (count !== wanted) throw new Error(`the bill of materials has ${count} ${field}, and ${wanted} ship`);
  return `${JSON.stringify(bill, undefined, 2)}\n`;
}
