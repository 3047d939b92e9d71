import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type npaOfUs from 'npm-package-arg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { PUBLIC_REGISTRY } from '../../../src/dependencies/npm/registries.ts';
import { parseSpec } from '../../../src/dependencies/npm/spec.ts';
import { judge } from './source-of.ts';

/** npm itself, as it is installed here: its parser for every spec of the table, `npm ci` for locks. */
const run = promisify(execFile);
const ROWS = z
  .array(z.looseObject({ spec: z.string() }))
  .parse(parse(await readFile(path.join(import.meta.dirname, 'specs.yaml'), 'utf8')));

const MODULES = 'node_modules/';
/** is-odd asks for is-number and nothing else; both have not changed for years. */
const LOCK = {
  lockfileVersion: 3,
  packages: {
    '': { dependencies: { 'is-odd': '^3.0.0' } } as Record<string, unknown>,
    [`${MODULES}is-number`]: {
      version: '6.0.0',
      integrity: 'sha512-Wu1VHeILBK8KAWJUAiSZQX94GmOE45Rg6/538fKwiloUu21KncEkYGPqob2oSZ5mUT73vLGrHQjKw3KMPwfDzg==',
    } as Record<string, unknown>,
    [`${MODULES}is-odd`]: {
      version: '3.0.1',
      integrity: 'sha512-CQpnWPrDwmP1+SMHXZhtLtJv90yiyVfluGsX5iNCVkrhQtU3TQHsUWPG9wkdk9Lgd5yNpAg9jQEo90CBaXgWMA==',
      dependencies: { 'is-number': '^6.0.0' },
    } as Record<string, unknown>,
  },
};
type Packages = Record<string, Record<string, unknown>>;

let cache = '';
beforeAll(async () => {
  cache = await mkdtemp(path.join(tmpdir(), 'buildless-npm-cache-'));
});
afterAll(async () => {
  await rm(cache, { recursive: true, force: true });
});

interface Answer {
  readonly accepted: boolean;
  readonly output: string;
}

async function npmCi(manifest: unknown, lock: unknown): Promise<Answer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'buildless-npm-ci-'));
  try {
    await writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest));
    await writeFile(path.join(folder, 'package-lock.json'), JSON.stringify(lock));
    const args = ['ci', '--dry-run', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', `--cache=${cache}`];
    const { stdout } = await run('npm', args, { cwd: folder, timeout: 60_000 });
    return { accepted: true, output: stdout };
  } catch (error) {
    return { accepted: false, output: error instanceof Error ? error.message : '' };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const isUnreachable = ({ output }: Answer): boolean =>
  /E(?:NOTFOUND|AI_AGAIN|CONNREFUSED|TIMEDOUT|NETUNREACH)/.test(output);

/** A change to the manifest or to the lock. */
const CASES: readonly (readonly [string, (manifest: Record<string, unknown>, packages: Packages) => void])[] = [
  ['nothing', () => undefined],
  ['a package that another asks for', (_, packages) => Reflect.deleteProperty(packages, `${MODULES}is-number`)],
  [
    'the version of such a package',
    (_, packages) => Object.assign(packages[`${MODULES}is-number`] ?? {}, { version: '4.0.0' }),
  ],
  ['the package itself', (_, packages) => Reflect.deleteProperty(packages, `${MODULES}is-odd`)],
  ['an override', (manifest) => Object.assign(manifest, { overrides: { 'is-number': '5.0.0' } })],
  ['an optional package', (manifest) => Object.assign(manifest, { optionalDependencies: { 'is-buffer': '2.0.5' } })],
  ['a peer', (manifest) => Object.assign(manifest, { peerDependencies: { 'is-buffer': '2.0.5' } })],
  [
    'an optional peer',
    (manifest) =>
      Object.assign(manifest, {
        peerDependencies: { 'is-buffer': '2.0.5' },
        peerDependenciesMeta: { 'is-buffer': { optional: true } },
      }),
  ],
  ['a development package', (manifest) => Object.assign(manifest, { devDependencies: { 'is-buffer': '2.0.5' } })],
  [
    'a version that is accepted besides',
    (manifest) =>
      Object.assign(manifest, { dependencies: { 'is-odd': '2.0.0' }, acceptDependencies: { 'is-odd': '^3.0.0' } }),
  ],
  [
    'a tag with its address',
    (manifest, packages) => {
      manifest.dependencies = { 'is-odd': 'latest' };
      Object.assign(packages[`${MODULES}is-odd`] ?? {}, { resolved: `${PUBLIC_REGISTRY}is-odd/-/is-odd-3.0.1.tgz` });
    },
  ],
  [
    'a tag without one, and an old version',
    (manifest, packages) => {
      manifest.dependencies = { 'is-odd': 'latest' };
      Object.assign(packages[`${MODULES}is-odd`] ?? {}, { version: '2.0.0' });
    },
  ],
];

describe('npm ci', () => {
  it.for(CASES)('agrees about a lock after a change of %s', async ([, change], ctx) => {
    const manifest: Record<string, unknown> = { dependencies: { 'is-odd': '^3.0.0' } };
    const lock = structuredClone(LOCK);
    change(manifest, lock.packages);
    const answer = await npmCi(manifest, lock);
    ctx.skip(isUnreachable(answer), 'npm cannot reach its registry');
    const ours = judge({ 'package.json': manifest, 'package-lock.json': lock });
    expect({ accepted: ours.length === 0 }, answer.output).toEqual({ accepted: answer.accepted });
  });
});

describe("npm's own parser", () => {
  it('calls every spec of the table what is made of it here', async () => {
    const program = execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim();
    const npa = createRequire(await realpath(program))('npm-package-arg') as typeof npaOfUs;
    const kindOf = (spec: string): string => {
      try {
        return npa.resolve('axios', spec === '' ? '*' : spec, '/source').type;
      } catch {
        return 'refused';
      }
    };
    const ours = ROWS.map(({ spec }) => {
      const { kind } = parseSpec('axios', spec);
      return [spec, kind === 'invalid' || kind === 'protocol' ? 'refused' : kind];
    });
    expect(ours).toEqual(ROWS.map(({ spec }) => [spec, kindOf(spec)]));
  });
});
