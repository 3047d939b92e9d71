import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildless } from '../cli/command.ts';

let folder = '';
let python = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'buildless-unreachable-'));
  await writeFile(path.join(folder, 'package.json'), '{"dependencies":{"never-cached-name":"1.0.0"}}');
  const script = 'import sys; print("%d%d" % sys.version_info[:2])';
  python = `python${(await promisify(execFile)('python3', ['-c', script])).stdout.trim()}`;
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Port 1 refuses; addresses of RFC 5737 (TEST-NET-1) and names below .invalid (RFC 2606) lead nowhere. */
const DEAD = ['http://127.0.0.1:1/', 'http://192.0.2.1:8080/', 'http://registry.invalid/'];
const DIRECT = { HTTP_PROXY: '', HTTPS_PROXY: '', http_proxy: '', https_proxy: '', ALL_PROXY: '', all_proxy: '' };

describe('lock without a registry ends soon, and names it', () => {
  it.each(DEAD)(
    'npm, %s',
    async (address) => {
      const env = { ...process.env, ...DIRECT, npm_config_registry: address, npm_config_noproxy: '*' };
      const { status, stderr } = await buildless(['lock', folder], '', folder, env);
      expect(status).toBe(1);
      expect(stderr).toContain(`no registry can be reached: ${new URL(address).host} (`);
      // npm itself goes on for over a minute; this bounds that without a clock of the test's own.
    },
    30_000,
  );

  it('pip or uv', async () => {
    const source = await mkdtemp(path.join(folder, 'python-'));
    await writeFile(path.join(source, 'requirements.txt'), 'never-cached-name==1.0.0\n');
    const dead = 'http://192.0.2.1:8080/simple';
    const env = {
      ...process.env,
      ...DIRECT,
      PIP_INDEX_URL: dead,
      UV_DEFAULT_INDEX: dead,
      PIP_CONFIG_FILE: '/dev/null',
    };
    const { status, stderr } = await buildless(['lock', source, '--runtime', python], '', source, env);
    expect(status).toBe(1);
    expect(stderr).toContain('192.0.2.1:8080');
  }, 30_000);
});
