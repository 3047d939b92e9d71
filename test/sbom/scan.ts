/**
 * `npm run sbom:scan`: gives bills of materials to OSV-Scanner, which has to find in them what a database of one advisory names.
 * Compiling it takes minutes the first time, so this is not part of `npm run verify`.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { BILL_FORMS } from '../../src/cli/options/sbom.ts';
import { COMMAND } from '../cli/command.ts';

const VERSION = 'v2.2.4';
const CACHE = path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'buildless/osv-scanner', VERSION);

/** https://ossf.github.io/osv-schema/ */
const ADVISORY = {
  schema_version: '1.6.0',
  id: 'GHSA-9vvw-cc9w-f27h',
  modified: '2024-01-01T00:00:00Z',
  summary: 'debug: inefficient regular expression',
  affected: [
    {
      package: { ecosystem: 'npm', name: 'debug', purl: 'pkg:npm/debug' },
      ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '2.6.10' }] }],
    },
  ],
};

function scanner(): string {
  const program = path.join(CACHE, 'osv-scanner');
  if (!existsSync(program)) {
    console.log(`compiling OSV-Scanner ${VERSION} once into ${CACHE}; this takes minutes`);
    mkdirSync(CACHE, { recursive: true });
    const env = { ...process.env, GOBIN: CACHE };
    execFileSync('go', ['install', `github.com/google/osv-scanner/v2/cmd/osv-scanner@${VERSION}`], {
      env,
      stdio: 'inherit',
    });
  }
  return program;
}

const folder = mkdtempSync(path.join(tmpdir(), 'buildless-sbom-'));
try {
  const program = scanner();
  const source = path.join(folder, 'shop');
  mkdirSync(source);
  writeFileSync(path.join(source, 'handler.js'), 'exports.main = () => 1;');
  writeFileSync(
    path.join(source, 'package.json'),
    JSON.stringify({ dependencies: { debug: '2.6.9', express: '5.1.0' } }),
  );
  const npm = ['install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund'];
  execFileSync('npm', npm, { cwd: source, stdio: 'ignore' });

  const database = path.join(folder, 'database/osv-scanner/npm');
  mkdirSync(database, { recursive: true });
  const advisory = path.join(folder, `${ADVISORY.id}.json`);
  writeFileSync(advisory, JSON.stringify(ADVISORY));
  execFileSync('python3', ['-m', 'zipfile', '-c', path.join(database, 'all.zip'), advisory]);

  for (const form of BILL_FORMS) {
    const bill = path.join(folder, form === 'spdx-json' ? 'shop.spdx.json' : 'shop.cdx.json');
    const args = ['sbom', '-f', source, '--runtime', 'nodejs22', '-o', form];
    writeFileSync(bill, execFileSync(process.execPath, [COMMAND, ...args], { stdio: ['ignore', 'pipe', 'ignore'] }));
    const scan = [
      'scan',
      'source',
      '--offline-vulnerabilities',
      '--local-db-path',
      path.join(folder, 'database'),
      '-L',
      bill,
    ];
    const { stdout, status } = spawnSync(program, scan, { encoding: 'utf8' });
    console.log(`${form}: osv-scanner ended with ${String(status)}\n${stdout}`);
    // 1: vulnerabilities were found.
    if (status !== 1 || !/\bdebug *\| 2\.6\.9\b/.test(stdout))
      throw new Error(`OSV-Scanner did not find debug 2.6.9 in ${form}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
