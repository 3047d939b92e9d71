import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type NpmrcSetting, readNpmrc } from '../../../src/dependencies/npm/npmrc.ts';
import { PUBLIC_REGISTRY } from '../../../src/dependencies/npm/registries.ts';
import { judge } from './source-of.ts';

/** npm itself, as it is installed here: its reader of .npmrc files, and what it makes of one in the folder it runs in. */
const run = promisify(execFile);
let ini: { readonly parse: (text: string) => Readonly<Record<string, unknown>> };
let folder = '';
beforeAll(async () => {
  const program = execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim();
  ini = createRequire(await realpath(program))('ini') as typeof ini;
  folder = await mkdtemp(path.join(tmpdir(), 'buildless-npmrc-'));
  await writeFile(path.join(folder, 'package.json'), '{}');
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Settings as npm keeps them: the last of a key, and a list from where one is begun with `[]`. */
function keep(settings: readonly NpmrcSetting[]): Readonly<Record<string, string | readonly string[]>> {
  const kept = new Map<string, string | readonly string[]>();
  for (const { key, value, listed } of settings) {
    const before = kept.get(key);
    const list = Array.isArray(before) || listed;
    kept.set(key, list ? [before ?? [], value].flat() : value);
  }
  return Object.fromEntries(kept);
}

const asTexts = (value: unknown): unknown => (Array.isArray(value) ? value.map(String) : String(value));

/** What makes a difference to the reader, in any order. */
const piece = fc.oneof(
  fc.constantFrom(
    'registry',
    '@a:registry',
    'key',
    'true',
    'null',
    '1',
    'https://a.example/',
    ' ',
    '\t',
    '\u2028',
    '\uFEFF',
  ),
  fc.constantFrom(
    '=',
    '"',
    "'",
    ';',
    '#',
    '\\',
    '[',
    ']',
    '[]',
    '{',
    '}',
    '${A}',
    '\\u0061',
    '.',
    ',',
    '__proto__',
    'ü',
  ),
);
const line = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
const text = fc
  .array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r', '\n\n')), { maxLength: 6 })
  .map((lines) => lines.flat().join(''));

describe("npm's reader", () => {
  it('finds in any .npmrc what is found here', () => {
    let compared = 0;
    fc.assert(
      fc.property(text, (npmrc) => {
        const { settings, oddities } = readNpmrc(Buffer.from(npmrc));
        // By a slip of ini, null is an object to it and a dot in its key makes another inside: all that it can do is take
        // a setting away.
        const isMoved = settings.some(({ key, value }) => key.includes('.') && value === 'null');
        if (oddities.length > 0 || isMoved) return;
        compared += 1;
        const theirs = Object.entries(ini.parse(npmrc)).map(([key, value]) => [key, asTexts(value)]);
        expect(Object.entries(keep(settings))).toEqual(theirs);
      }),
      { numRuns: 10_000 },
    );
    expect(compared).toBeGreaterThan(2000);
  });
});

/** Runs npm with no other .npmrc than that in the folder. */
async function npm(...args: readonly string[]): Promise<string> {
  const none = path.join(folder, 'none');
  const env = { PATH: process.env.PATH ?? '', HOME: none, npm_config_logs_max: '0' };
  const { stdout } = await run('npm', [...args, `--userconfig=${none}`], { cwd: folder, env, timeout: 60_000 });
  return stdout;
}

/** What `npm config list` has for a project's .npmrc. */
async function npmTakes(npmrc: string): Promise<Readonly<Record<string, unknown>>> {
  await writeFile(path.join(folder, '.npmrc'), npmrc);
  const stdout = await npm('config', 'list', '--json', `--globalconfig=${path.join(folder, 'no-other')}`);
  return z.record(z.string(), z.unknown()).parse(JSON.parse(stdout));
}

const EVIL = 'https://evil.example/';

describe('npm, of the .npmrc in its folder,', () => {
  it.each([
    `registry=${EVIL}`,
    `  registry =  ${EVIL}  `,
    `"registry"="https:\\/\\/evil.example/"`,
    `'registry'='${EVIL}'`,
    `registry[]=${EVIL}`,
    `registry=${EVIL} # ${PUBLIC_REGISTRY}`,
    `registry=${PUBLIC_REGISTRY}\rregistry=${EVIL}`,
    `\uFEFFregistry=${EVIL}`,
    `@team:registry=${EVIL}`,
    `\${PATH_OF_NONE?}registry=${EVIL}`,
    `registry=https://\${HOST_OF_NONE?}evil.example/`,
    `registry='["${EVIL}"]'`,
  ])('asks where the policy sees another registry: %j', async (npmrc) => {
    const taken = JSON.stringify(await npmTakes(npmrc));
    expect(taken).toContain('evil.example');
    const findings = judge({ 'package.json': { dependencies: { a: '1.0.0' } }, '.npmrc': npmrc });
    expect(findings.filter(({ file }) => file === '.npmrc')).toMatchObject([
      { level: 'no-latest', line: expect.any(Number) as number },
    ]);
  });

  it.each([`;registry=${EVIL}`, ` # registry=${EVIL}`, `REGISTRY=${EVIL}`, `registry=${PUBLIC_REGISTRY} ;${EVIL}`])(
    'asks the public registry where the policy sees nothing: %j',
    async (npmrc) => {
      expect(await npmTakes(npmrc)).toMatchObject({ registry: PUBLIC_REGISTRY });
      const findings = judge({ 'package.json': { dependencies: { a: '1.0.0' } }, '.npmrc': npmrc });
      expect(findings.filter(({ file }) => file === '.npmrc')).toEqual([]);
    },
  );

  it('takes no setting from below a heading', async () => {
    expect(await npmTakes(`[npm]\nregistry=${EVIL}\n`)).toMatchObject({ registry: PUBLIC_REGISTRY });
  });

  it('reads the settings of another file that it names', async () => {
    await writeFile(path.join(folder, 'other.npmrc'), `registry=${EVIL}\n`);
    await writeFile(path.join(folder, '.npmrc'), 'globalconfig=./other.npmrc\n');
    expect((await npm('config', 'get', 'registry')).trim()).toBe(EVIL);
  });
});
