import { describe, expect, it } from 'vitest';
import { RUNTIMES } from '../../src/function/runtimes.ts';
import { runtimeOf } from '../../src/folders/runtime.ts';
import { formatProblem } from '../../src/outcome/problem.ts';
import { folderOf, type Files } from './folder.ts';

const ALL = Object.keys(RUNTIMES).join(', ');
const engines = (node: string): Files => ({ 'package.json': JSON.stringify({ engines: { node } }) });
const requires = (python: string): Files => ({
  'pyproject.toml': `[project]\nname = "a"\nrequires-python = "${python}"\n`,
});

async function chosen(files: Files, given?: string): Promise<string> {
  const folder = await folderOf(files);
  const runtime = runtimeOf(folder, given, RUNTIMES);
  return 'name' in runtime ? `${runtime.name} (${runtime.from})` : formatProblem(runtime).replace(folder, 'shop');
}

describe('the runtime of a source', () => {
  it.each<[string, Files, string | undefined, string]>([
    ['is what --runtime names', engines('^24'), 'nodejs22', 'nodejs22 (--runtime)'],
    ['is the one that engines.node admits', engines('^24.1.0'), undefined, 'nodejs24 (engines.node of package.json)'],
    ['is the oldest that is not deprecated', engines('>=20'), undefined, 'nodejs22 (engines.node of package.json)'],
    ['is deprecated only if nothing else fits', engines('20.x'), undefined, 'nodejs20 (engines.node of package.json)'],
    ['is that of .nvmrc', { '.nvmrc': '# ours\nv24.3.0 # x\r\n' }, undefined, 'nodejs24 (.nvmrc)'],
    [
      'is that of engines.node before .nvmrc',
      { ...engines('22'), '.nvmrc': '24' },
      undefined,
      'nodejs22 (engines.node of package.json)',
    ],
    [
      'is the oldest Python that requires-python admits',
      requires('>=3.12,!=3.12.*'),
      undefined,
      'python313 (requires-python of pyproject.toml)',
    ],
    ['is that of ~=', requires('~=3.12'), undefined, 'python312 (requires-python of pyproject.toml)'],
    ['is that of .python-version', { '.python-version': '3.13.2\n' }, undefined, 'python313 (.python-version)'],
    [
      'is that of the language of the handler',
      { 'handler.py': '', ...requires('>=3.12'), ...engines('22') },
      undefined,
      'python312 (requires-python of pyproject.toml)',
    ],
  ])('%s', async (_, files, given, wanted) => {
    expect(await chosen(files, given)).toBe(wanted);
  });

  it.each<[string, Files, string | undefined, string]>([
    [
      'nothing says it',
      { 'package.json': '{}' },
      undefined,
      `shop: the runtime is not known: engines.node of package.json, .nvmrc, requires-python of pyproject.toml, .python-version, --runtime are all missing; write one of them, or give --runtime with one of ${ALL}`,
    ],
    [
      'nothing says it for the language of the handler',
      { 'handler.js': '', '.python-version': '3.12' },
      undefined,
      `shop: the runtime is not known: engines.node of package.json, .nvmrc, --runtime are all missing; write one of them, or give --runtime with one of ${ALL}`,
    ],
    [
      'two languages say it',
      { ...engines('22'), ...requires('>=3.12') },
      undefined,
      'shop: the runtime is not known: engines.node of package.json is "22", and requires-python of pyproject.toml is ">=3.12"; give --runtime, or remove the one that the Function does not use',
    ],
    [
      'no runtime fits',
      engines('^18'),
      undefined,
      'shop: engines.node of package.json is "^18", and no configured runtime fits; correct it, or give --runtime with one of nodejs20, nodejs22, nodejs24, nodejs26',
    ],
    [
      'the version of the image is older',
      requires('>=3.14.99'),
      undefined,
      'shop: requires-python of pyproject.toml is ">=3.14.99", and no configured runtime fits; correct it, or give --runtime with one of python311, python312, python313, python314',
    ],
    [
      '.nvmrc moves with the day',
      { '.nvmrc': 'lts/*' },
      undefined,
      'shop: .nvmrc is "lts/*", which names no versions that can be compared; write a version, or give --runtime with one of nodejs20, nodejs22, nodejs24, nodejs26',
    ],
    [
      'the range is not one',
      engines('twenty'),
      undefined,
      'shop: engines.node of package.json is "twenty", which names no versions that can be compared; write a version, or give --runtime with one of nodejs20, nodejs22, nodejs24, nodejs26',
    ],
    ['--runtime is unknown', {}, 'node22', `unknown runtime "node22"; choose one of ${ALL}`],
  ])('is an error if %s', async (_, files, given, wanted) => {
    expect(await chosen(files, given)).toBe(wanted);
  });

  it('is not looked for in a text of any length', async () => {
    expect(await chosen(engines('>=1 '.repeat(10_000)))).toContain('which names no versions that can be compared');
    expect(await chosen(requires('>=1,'.repeat(10_000)))).toContain('which names no versions that can be compared');
  });
});
