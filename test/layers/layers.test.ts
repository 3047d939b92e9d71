import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cruise } from 'dependency-cruiser';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LAYERS, PURE_FOLDERS, RULES } from '../../layers.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const CONTRIBUTING = path.join(ROOT, 'CONTRIBUTING.md');
const BLOCK = /(<!-- layers: [^\n]*-->\n)[\s\S]*?(<!-- \/layers -->)/;

/** The layers as CONTRIBUTING.md shows them: who knows most is at the top. */
function drawn(): string {
  const width = Math.max(...LAYERS.flatMap(({ folders }) => Object.keys(folders).map(({ length }) => length))) + 1;
  const layers = LAYERS.map(({ folders, pure }, index) =>
    Object.entries(folders)
      .map(([folder, what], row) => {
        const name = folder.includes('.') ? folder : `${folder}/`;
        const layer = row === 0 ? `${index + 1}${pure === true ? ' pure' : ''}` : '';
        return `${layer.padEnd(8)}${name.padEnd(width + 1)}${what}`;
      })
      .join('\n'),
  );
  return `\n\`\`\`text\n${layers.reverse().join('\n\n')}\n\`\`\`\n\n`;
}

describe('the layers of src', () => {
  it.each(LAYERS.flatMap(({ folders }) => Object.keys(folders)).filter((name) => !name.includes('.')))(
    'have their tests in test/%s',
    async (name) => {
      expect(await readdir(path.join(ROOT, 'test', name))).not.toEqual([]);
    },
  );

  it('are drawn in CONTRIBUTING.md as layers.js declares them', async () => {
    const text = await readFile(CONTRIBUTING, 'utf8');
    const wanted = text.replace(BLOCK, (_, begin: string, end: string) => begin + drawn() + end);
    if (process.env.UPDATE_GOLDEN !== undefined) await writeFile(CONTRIBUTING, wanted);
    expect(process.env.UPDATE_GOLDEN === undefined ? text : wanted).toBe(wanted);
  });
});

describe('the rules of the layers', () => {
  let folder = '';
  const violations = new Map<string, readonly string[]>();
  /** By file of a tree that breaks each rule once; what each is to be reported for. */
  const PROBES: Readonly<Record<string, { readonly text: string; readonly breaks: readonly string[] }>> = {
    'src/function/files.ts': { text: 'export const files = 1;', breaks: [] },
    'src/dependencies/below.ts': { text: "export { files } from '../function/files.ts';", breaks: [] },
    'src/function/hash.ts': { text: "export { createHash } from 'node:crypto';", breaks: [] },
    'src/cli/reads.ts': { text: "export { readFileSync } from 'node:fs';", breaks: [] },
    'src/function/upward.ts': {
      text: "export { files } from '../dependencies/below.ts';",
      breaks: ['layer-of-function'],
    },
    'src/function/type-upward.ts': {
      text: "import type { files } from '../dependencies/below.ts';\nexport type Files = typeof files;",
      breaks: ['layer-of-function'],
    },
    'src/yaml/neighbour.ts': { text: "export { files } from '../function/files.ts';", breaks: ['layer-of-yaml'] },
    'src/admission/lazily.ts': {
      text: "export const late = () => import('../cli/reads.ts');",
      breaks: ['layer-of-admission'],
    },
    'src/admission/network.ts': { text: "export { request } from 'node:https';", breaks: ['pure-core'] },
    'src/inject/files.ts': { text: "export { readFile } from 'fs/promises';", breaks: ['pure-core'] },
    'src/outcome/clock.ts': { text: "export { setTimeout } from 'node:timers/promises';", breaks: ['pure-core'] },
    'src/pod/prepare/tree.ts': { text: 'export const tree = 1;', breaks: [] },
    'src/pod/git/upward.ts': { text: "export { tree } from '../prepare/tree.ts';", breaks: ['layer-of-pod/git'] },
    'src/pod/helpers/index.ts': {
      text: "export { tree } from '../prepare/tree.ts';",
      breaks: ['folder-without-a-layer'],
    },
    'src/helpers/index.ts': {
      text: "export { files } from '../function/files.ts';",
      breaks: ['folder-without-a-layer'],
    },
    'src/cli/one.ts': { text: "import './two.ts';\nexport {};", breaks: ['no-module-cycle'] },
    'src/cli/two.ts': { text: "import type {} from './one.ts';\nexport {};", breaks: ['no-module-cycle'] },
  };

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'buildless-layers-'));
    for (const [file, { text }] of Object.entries(PROBES)) {
      await mkdir(path.join(folder, path.dirname(file)), { recursive: true });
      await writeFile(path.join(folder, file), text);
    }
    const { output } = await cruise(['src'], {
      baseDir: folder,
      validate: true,
      ruleSet: { forbidden: [...RULES] },
      tsPreCompilationDeps: true,
    });
    if (typeof output === 'string') throw new Error(output);
    for (const { source, dependencies } of output.modules) {
      violations.set(
        source,
        dependencies.flatMap(({ rules = [] }) => rules.map(({ name }) => name)),
      );
    }
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each(Object.entries(PROBES))('judge %s', (file, { breaks }) => {
    expect(violations.get(file) ?? []).toEqual(breaks);
  });
});

describe('the linter', () => {
  const linter = new ESLint({ cwd: ROOT, overrideConfig: [tseslint.configs.disableTypeChecked] });

  /** Of a file that is not there, so that nothing is known of types. */
  async function rulesBrokenBy(text: string, file: string): Promise<readonly string[]> {
    const [result] = await linter.lintText(text, { filePath: path.join(ROOT, file) });
    return (result?.messages ?? []).map(({ ruleId, message }) => ruleId ?? message);
  }

  it.each(PURE_FOLDERS.filter((name) => !name.includes('.')))(
    'keeps clock, network and process out of src/%s',
    async (name) => {
      const globals = 'export const all = [process.pid, fetch, setTimeout, setInterval, performance];';
      expect(await rulesBrokenBy(globals, `src/${name}/files.ts`)).toEqual(
        Array.from({ length: 5 }, () => 'no-restricted-globals'),
      );
      expect(await rulesBrokenBy('export const now = Date.now();', `src/${name}/files.ts`)).toEqual([
        'no-restricted-properties',
      ]);
    },
  );

  it.each(['src/function/files.ts', 'src/cli/exit.ts', 'test/summary.ts'])(
    'lets %s import no build output',
    async (file) => {
      const text = "export * from '../dist/buildless.mjs';";
      expect(await rulesBrokenBy(text, file)).toEqual(['no-restricted-imports']);
    },
  );

  it('takes keys from src/function/keys.ts only', async () => {
    const text =
      "export const key = ['buildless.dev/mode', `buildless.dev/${'mode'}`, 'add buildless.dev/mode to the Pod'];";
    expect(await rulesBrokenBy(text, 'src/inject/files.ts')).toEqual(['no-restricted-syntax', 'no-restricted-syntax']);
  });
});
