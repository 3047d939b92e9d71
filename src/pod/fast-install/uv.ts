import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { PYTHON_PACKAGES } from '../../function/languages.ts';
import { NETWORK_VARIABLES, pickEnvironment } from '../prepare/program.ts';
import { createRedactor } from '../prepare/redaction.ts';
import { explainEnd, type FastInstallOutcome, type Tool } from './fast-install.ts';
import { readPipConf } from './pip-conf.ts';

/**
 * The oldest C library of the stock images, python:3.11-slim to 3.14-slim on Debian 12 (glibc 2.36): a wheel that
 * needs a newer one would not load there.
 */
const PLATFORMS: Readonly<Record<string, string>> = {
  x64: 'x86_64-manylinux_2_36',
  arm64: 'aarch64-manylinux_2_36',
};

/** Installs wheels by their hashes, for the runtime's Python and not for the one that uv runs on. */
export async function installWithUv(tool: Tool): Promise<FastInstallOutcome> {
  const { options, surroundings } = tool;
  const { staging, scratch, registry, version } = options;
  const platform = PLATFORMS[process.arch];
  if (platform === undefined) return { declined: `${process.arch} is not known to it` };
  const settings = registry === undefined ? undefined : readPipConf(await readFile(registry, 'utf8'));
  if (settings !== undefined && 'unknown' in settings) {
    return { declined: `pip.conf has ${settings.unknown}, which uv does not read as pip does` };
  }
  const { environment } = surroundings;
  const index = settings?.index ?? environment.PIP_INDEX_URL;
  const extra = [...(settings?.extraIndexes ?? []), ...(environment.PIP_EXTRA_INDEX_URL?.split(/\s+/) ?? [])];
  const certificates = settings?.certificates ?? environment.PIP_CERT ?? environment.REQUESTS_CA_BUNDLE;
  const env = {
    ...pickEnvironment(environment, ['PATH', ...NETWORK_VARIABLES]),
    HOME: scratch,
    TMPDIR: scratch,
    UV_CACHE_DIR: tool.cacheFolder,
    // Addresses may hold credentials, and an argument list can be read by all.
    ...(index !== undefined && { UV_DEFAULT_INDEX: index }),
    ...(extra.length > 0 && { UV_INDEX: extra.join(' ') }),
    ...(certificates !== undefined && { SSL_CERT_FILE: certificates }),
    UV_HTTP_TIMEOUT: '30',
  };
  const redact = createRedactor([index, ...extra].flatMap((url) => credentialsOf(url)));
  const lock = existsSync(path.join(staging, 'pylock.toml')) ? 'pylock.toml' : 'requirements.txt';
  const end = await tool.run(
    [
      'pip',
      'install',
      '--no-config',
      '--no-python-downloads',
      `--target=${path.join(staging, PYTHON_PACKAGES)}`,
      `--python-version=${version}`,
      `--python-platform=${platform}`,
      '--only-binary=:all:',
      `--link-mode=${tool.cached ? 'copy' : 'hardlink'}`,
      // As pip looks for a file: in all indexes alike; the hash decides what is taken.
      '--index-strategy=unsafe-best-match',
      '--no-progress',
      '--quiet',
      ...(settings?.trustedHosts ?? []).map((host) => `--allow-insecure-host=${host}`),
      ...(lock === 'requirements.txt' ? ['--require-hashes'] : []),
      `--requirements=${lock}`,
    ],
    env,
    redact,
  );
  return end.code === 0 ? 'installed' : explainEnd(end, tool, (text) => redact(explainUv(text)));
}

function credentialsOf(url: string | undefined): readonly string[] {
  if (url === undefined || !URL.canParse(url)) return [];
  const { username, password } = new URL(url);
  return [password, decodeURIComponent(password), password === '' ? username : ''].filter((text) => text !== '');
}

/** uv draws a tree of causes; the message needs its words. */
function explainUv(text: string): string {
  const words = text
    .split('\n')
    .map((line) => line.replace(/^[\s×│╰├─▶]+/u, '').trim())
    .filter((line) => line !== '' && !/^(warning|Using)\b/.test(line));
  return words.length === 0 ? 'uv failed and does not say why, see the log' : `uv: ${words.slice(0, 6).join(' ')}`;
}
