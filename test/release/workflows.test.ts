import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { at, listAt, ROOT } from '../installation/shipped.ts';
import { goProgram } from '../programs/go-program.ts';

const FOLDER = path.join(ROOT, '.github/workflows');
const workflows = readdirSync(FOLDER);
const read = (name: string): unknown => parse(readFileSync(path.join(FOLDER, name), 'utf8'));

describe('the workflows of GitHub', () => {
  it('pass actionlint', { timeout: 900_000 }, async (context) => {
    const program = await goProgram('actionlint');
    if (typeof program !== 'string') {
      context.skip(program.reason);
      return;
    }
    const args = ['-no-color', '-shellcheck=', '-pyflakes=', ...workflows.map((name) => path.join(FOLDER, name))];
    const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', cwd: ROOT });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('run on every Node.js that the package supports', () => {
    const matrix = listAt(read('ci.yml'), 'jobs', 'verify', 'strategy', 'matrix', 'node');
    expect(matrix).toEqual(['20', '22', '24', '26']);
    const manifest: unknown = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
    expect(at(manifest, 'engines', 'node')).toBe('>=20.19');
  });

  it.each(workflows)('%s names each action by a commit, and starts without rights', (name) => {
    const uses = [...readFileSync(path.join(FOLDER, name), 'utf8').matchAll(/uses: (\S+)(.*)/g)];
    expect(uses.length).toBeGreaterThan(0);
    for (const [, action = '', comment = ''] of uses) {
      expect(action).toMatch(/^[\w.-]+\/[\w.-]+@[0-9a-f]{40}$/);
      expect(comment).toMatch(/^ # v\d+\.\d+\.\d+$/);
    }
    expect(at(read(name), 'permissions')).toEqual({ contents: 'read' });
  });

  it('call scripts that are there', () => {
    const scripts: unknown = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
    const runs = workflows.flatMap((name) =>
      [...readFileSync(path.join(FOLDER, name), 'utf8').matchAll(/run: npm run (\S+)/g)].map(([, script = '']) => script),
    );
    expect(runs).toContain('release');
    for (const script of runs) expect(at(scripts, 'scripts', script)).toBeTypeOf('string');
    expect(execFileSync('git', ['ls-files', '--stage', '.ci/run'], { cwd: ROOT, encoding: 'utf8' })).toMatch(/^100755/);
  });
});

describe('renovate.json', () => {
  const renovate: unknown = JSON.parse(readFileSync(path.join(ROOT, 'renovate.json'), 'utf8'));

  it.each(listAt(renovate, 'customManagers').map((manager) => [String(at(manager, 'description')), manager] as const))(
    'finds what it says: %s',
    (_, manager) => {
      const files = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' }).split('\n');
      const patterns = listAt(manager, 'managerFilePatterns').map((text) => new RegExp(String(text).slice(1, -1)));
      const expressions = listAt(manager, 'matchStrings').map((text) => new RegExp(String(text)));
      const texts = patterns.flatMap((pattern) =>
        files.filter((file) => pattern.test(file)).map((file) => readFileSync(path.join(ROOT, file), 'utf8')),
      );
      for (const expression of expressions) {
        const found = texts.map((text) => expression.exec(text)?.groups?.currentValue).filter((value) => value !== undefined);
        expect({ expression: expression.source, found }).not.toMatchObject({ found: [] });
      }
    },
  );
});
