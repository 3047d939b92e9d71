import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verdicts } from './sources.ts';

/** The only wheel of idna 3.10 on PyPI. */
const IDNA = 'sha256:946d195a0d259cbba61165e88e65941f16e9b36ea6ddb97f00452bae8b1287d3';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pip-dry-run-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** `name==version` of all that pip would install from PyPI, or its last line of complaint. */
function dryRun(title: string, files: Readonly<Record<string, string>>): string {
  const source = path.join(folder, title);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(source, name)), { recursive: true });
    writeFileSync(path.join(source, name), content);
  }
  try {
    const output = execFileSync(
      'python3',
      [
        '-I',
        '-m',
        'pip',
        'install',
        '--dry-run',
        '--ignore-installed',
        '--no-input',
        '--disable-pip-version-check',
        '--only-binary',
        ':all:',
        '--target',
        path.join(source, 'target'),
        '-r',
        'requirements.txt',
      ],
      { cwd: source, encoding: 'utf8', stdio: 'pipe' },
    );
    return /^Would install (.*)$/m.exec(output)?.[1] ?? 'nothing';
  } catch (error) {
    return (
      String(error)
        .split('\n')
        .findLast((line) => line.startsWith('ERROR: '))
        ?.slice(7) ?? String(error)
    );
  }
}

describe('pip itself, asked what it would install', () => {
  it('takes one version where the policy says exact, also through a constraint', () => {
    const files = { 'requirements.txt': '-c limits.txt\nidna\n', 'limits.txt': 'IDNA>=3,==3.10\n' };
    expect(verdicts(files)).toEqual(['locked requirements.txt:2']);
    expect(dryRun('constraint', files)).toBe('idna-3.10');
  });

  it('takes the newest in a range, and the newest of all where there is no bound', () => {
    expect(verdicts({ 'requirements.txt': 'idna~=3.4,<3.8\n' })).toContain('exact requirements.txt:1');
    expect(dryRun('range', { 'requirements.txt': 'idna~=3.4,<3.8\n' })).toBe('idna-3.7');
    expect(verdicts({ 'requirements.txt': 'idna\n' })).toContain('no-latest requirements.txt:1');
    expect(dryRun('newest', { 'requirements.txt': 'idna\n' })).toMatch(/^idna-3\.(?:1[1-9]|[2-9]\d)|^idna-[4-9]/);
  });

  it('takes the bounds that meet for one version', () => {
    expect(verdicts({ 'requirements.txt': 'idna>=3.10,<=3.10.0\n' })).toEqual(['locked requirements.txt:1']);
    expect(dryRun('meet', { 'requirements.txt': 'idna>=3.10,<=3.10.0\n' })).toBe('idna-3.10');
  });

  it('reads a requirement that a constraints file includes as a requirement', () => {
    const files = { 'requirements.txt': '-c limits.txt\n', 'limits.txt': '-r more.txt\n', 'more.txt': 'idna==3.10\n' };
    expect(verdicts(files)).toEqual(['locked more.txt:1']);
    expect(dryRun('included', files)).toBe('idna-3.10');
  });

  it('takes a hash beside a single == only, as the level locked does', () => {
    const good = { 'requirements.txt': `idna==3.10 \\\n  --hash=${IDNA}\n` };
    expect(verdicts(good)).toEqual([]);
    expect(dryRun('hash', good)).toBe('idna-3.10');
    const bad = { 'requirements.txt': `idna>=3.10,<3.11 --hash=${IDNA}\n` };
    expect(verdicts(bad)).toContain('locked requirements.txt:1');
    expect(dryRun('unpinned', bad)).toMatch(/pinned with ==/);
  });

  it('refuses a package that a hashed file does not name', () => {
    const files = { 'requirements.txt': `idna==3.10 --hash=${IDNA}\nsix==1.16.0\n` };
    expect(verdicts(files)).toEqual(['locked requirements.txt:2']);
    expect(dryRun('partly', files)).toMatch(/hash/);
  });
});
