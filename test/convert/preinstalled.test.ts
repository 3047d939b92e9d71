import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { PREINSTALLED_NODEJS, PREINSTALLED_PYTHON } from '../../src/convert/languages/preinstalled.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

/** A folder that is gone afterwards. */
async function inFolder(
  files: Readonly<Record<string, string>>,
  use: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'buildless-preinstalled-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** But for the one that has none. */
const WHEELS = ['--only-binary=:all:', '--no-binary=wsgi-request-logger'];

describe("the packages of Kyma's images that a converted Function may get", () => {
  it('resolve together with npm, the whole table at once', async () => {
    const dependencies = Object.fromEntries(
      Object.values(PREINSTALLED_NODEJS).map(({ name, version }) => [name, version]),
    );
    const manifest = JSON.stringify({ name: 'converted', version: '1.0.0', dependencies });
    await inFolder({ 'package.json': manifest }, async (cwd) => {
      await run('npm', ['install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd });
      expect(readFileSync(path.join(cwd, 'package-lock.json'), 'utf8')).toContain('@opentelemetry/sdk-trace-base');
    });
  });

  it('resolve together with pip, the whole table at once', async () => {
    const lines = new Set(Object.values(PREINSTALLED_PYTHON).map(({ name, version }) => `${name}==${version}`));
    await inFolder({ 'requirements.txt': [...lines].join('\n') }, async (cwd) => {
      const args = ['-m', 'pip', 'install', '--dry-run', '--ignore-installed', '--quiet', ...WHEELS];
      await run('python3', [...args, '--report', 'report.json', '-r', 'requirements.txt'], { cwd });
      expect(readFileSync(path.join(cwd, 'report.json'), 'utf8')).toContain('opentelemetry-sdk');
    });
  });

  it("take part in the server's spans: the OpenTelemetry that they get is the server's", () => {
    const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
      readonly devDependencies: Readonly<Record<string, string>>;
    };
    expect(PREINSTALLED_NODEJS['@opentelemetry/api']?.version).toBe(manifest.devDependencies['@opentelemetry/api']);
    const requirements = readFileSync(path.join(ROOT, 'src/pod/python/requirements.txt'), 'utf8');
    for (const module of ['opentelemetry', 'opentelemetry.sdk', 'opentelemetry.propagators.b3']) {
      const { name, version } = PREINSTALLED_PYTHON[module] ?? { name: module, version: 'none' };
      expect(requirements).toContain(`${name}==${version} `);
    }
  });
});
