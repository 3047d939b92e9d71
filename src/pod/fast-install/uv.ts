import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type ExpectedPackages, expectedPackages } from '../../dependencies/python/expected.ts';
import type { MarkerEnvironment } from '../../dependencies/python/format/marker-value.ts';
import type { SourceFiles } from '../../function/files.ts';
import { PYTHON_PACKAGES } from '../../function/languages/python.ts';
import { differenceFromRecords } from '../../installers/python-files.ts';
import { differenceFromExpected } from '../../installers/python-outcome.ts';
import { listForUv, type UvList } from '../../installers/uv.ts';
import { NETWORK_VARIABLES, pickEnvironment } from '../program/run-program.ts';
import { createRedactor } from '../program/redaction.ts';
import { type Refusal, refuse } from '../program/refusal.ts';
import { endOf, type FastInstallOutcome, type Tool } from './tool.ts';
import { readInstalledDistributions, readInstalledFiles } from './installed-distributions.ts';
import { credentialsOf } from './index-credentials.ts';
import { type PipSettings, readPipConf, untrustedIndex } from './pip-conf.ts';

/**
 * The oldest C library of the stock images, python:3.11-slim to 3.14-slim on Debian 12 (glibc 2.36): a wheel that
 * needs a newer one would not load there.
 */
const PLATFORMS: Readonly<Record<'glibc' | 'musl', string>> = {
  glibc: 'manylinux_2_36',
  musl: 'unknown-linux-musl',
};
const PROCESSORS: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' };

/** Installs wheels of a list that was judged, for the runtime's Python and not for the one that uv runs on. */
export async function installWithUv(tool: Tool, files: SourceFiles): Promise<FastInstallOutcome> {
  const { options, context } = tool;
  const { staging, scratch, registry, asked, libc } = options;
  const processor = PROCESSORS[process.arch];
  if (processor === undefined) return { declined: `uv is not told of ${process.arch}` };
  const list = listForUv(files, { asked, folder: staging });
  if ('declined' in list) return list;
  const conf = registry === undefined ? NO_SETTINGS : readPipConf(await readFile(registry, 'utf8'));
  if ('unknown' in conf) return { declined: `pip.conf has ${conf.unknown}, which uv does not read as pip does` };
  const settings = withFile(overridden(conf, context.environment), list);
  const untrusted = untrustedIndex(settings);
  if (untrusted !== undefined) {
    return {
      declined: `the index at ${untrusted} has no TLS, and pip passes it over unless "trusted-host" of pip.conf names it`,
    };
  }
  const { index, extraIndexes, certificates } = settings;
  const env = {
    ...pickEnvironment(context.environment, ['PATH', ...NETWORK_VARIABLES]),
    HOME: scratch,
    TMPDIR: scratch,
    UV_CACHE_DIR: tool.cacheFolder,
    // Addresses may hold credentials, and an argument list can be read by all.
    ...(index !== undefined && { UV_DEFAULT_INDEX: index }),
    ...(extraIndexes.length > 0 && { UV_INDEX: extraIndexes.join(' ') }),
    ...(certificates !== undefined && { SSL_CERT_FILE: certificates }),
    UV_HTTP_TIMEOUT: '30',
    // The author's machine has its own credentials; a Pod has those of the Secret.
    UV_KEYRING_PROVIDER: 'disabled',
  };
  const redact = createRedactor([index, ...extraIndexes].flatMap(credentialsOf));
  const args = [
    'pip',
    'install',
    '--no-config',
    '--no-python-downloads',
    `--target=${path.join(staging, PYTHON_PACKAGES)}`,
    `--python-version=${newestOf(options.version)}`,
    `--python-platform=${processor}-${PLATFORMS[libc]}`,
    '--only-binary=:all:',
    `--link-mode=${tool.cached ? 'copy' : 'hardlink'}`,
    // As pip looks for a file: in all indexes alike; the hash decides what is taken.
    '--index-strategy=unsafe-best-match',
    '--no-progress',
    '--quiet',
    ...settings.trustedHosts.map((host) => `--allow-insecure-host=${host}`),
    ...(await listArguments(list, scratch)),
  ];
  // The hashes decide, so what the cache has need not be asked for.
  if (tool.cached && list.hashed) {
    const trial = await tool.run(args, { ...env, UV_OFFLINE: '1' }, redact, true);
    if (trial.code === 0) return checkOutcome(tool, files) ?? 'installed';
  }
  const end = await tool.run(args, env, redact);
  return endOf(end, tool, (text) => redact(explainUv(text))) ?? checkOutcome(tool, files) ?? 'installed';
}

/** A file can be read in two ways, what is on the disk cannot. */
function checkOutcome({ options }: Tool, files: SourceFiles): Refusal | undefined {
  const target = path.join(options.staging, PYTHON_PACKAGES);
  const problem = differenceIn(target, expectedPackages(files), environmentOf(options.version));
  return problem === undefined
    ? undefined
    : refuse(
        `what uv installed is not what was judged: ${problem}; write the lock again ("buildless lock"), or set buildless.dev/installer: pip`,
      );
}

/** @param expected undefined if the source cannot be read as a whole, which only the level "off" admits */
function differenceIn(
  target: string,
  expected: ExpectedPackages | undefined,
  environment: MarkerEnvironment,
): string | undefined {
  // uv makes no folder if a marker leaves everything out.
  const isThere = existsSync(target);
  const installed = isThere ? readInstalledDistributions(target) : [];
  if (typeof installed === 'string') return installed;
  const difference = expected === undefined ? undefined : differenceFromExpected(expected, installed, environment);
  return difference ?? differenceFromRecords(installed, isThere ? readInstalledFiles(target) : new Map());
}

/** Of the runtime's image, as uv is told of it; its kernel and patch level are not known. */
const environmentOf = (version: string): MarkerEnvironment => ({
  os_name: 'posix',
  sys_platform: 'linux',
  platform_system: 'Linux',
  platform_machine: PROCESSORS[process.arch],
  platform_python_implementation: 'CPython',
  implementation_name: 'cpython',
  python_version: version.split('.').slice(0, 2).join('.'),
  python_full_version: newestOf(version),
  extra: '',
});

async function listArguments(list: UvList, scratch: string): Promise<readonly string[]> {
  const write = async (name: string, lines: readonly string[]): Promise<string> => {
    const file = path.join(scratch, name);
    await writeFile(file, lines.map((line) => `${line}\n`).join(''));
    return file;
  };
  return [
    list.hashed ? '--require-hashes' : '--verify-hashes',
    ...(list.complete ? ['--no-deps'] : []),
    ...(list.constraints.length === 0 ? [] : [`--constraints=${await write('constraints.txt', list.constraints)}`]),
    `--requirements=${await write('requirements.txt', list.lines)}`,
  ];
}

/** What a requirements file names counts before and beside the settings (`handle_option_line` of pip's req_file.py). */
const withFile = (settings: PipSettings, { index, extraIndexes, trustedHosts }: UvList): PipSettings => ({
  ...settings,
  ...(index !== undefined && { index }),
  extraIndexes: [...settings.extraIndexes, ...extraIndexes],
  trustedHosts: [...settings.trustedHosts, ...trustedHosts],
});

/**
 * A runtime names its Python by MAJOR.MINOR, and its image has a late patch of it. uv would take the first, for which
 * some packages ask for more (redis: async-timeout below 3.11.3).
 */
const newestOf = (version: string): string => (/^\d+\.\d+$/.test(version) ? `${version}.99` : version);

const NO_SETTINGS: PipSettings = { extraIndexes: [], trustedHosts: [] };

/** The environment is stronger than the file (pip.pypa.io/en/stable/topics/configuration, "Precedence"). */
function overridden(conf: PipSettings, environment: NodeJS.ProcessEnv): PipSettings {
  const given = (name: string): string | undefined => (environment[name] === '' ? undefined : environment[name]);
  const index = given('PIP_INDEX_URL') ?? conf.index;
  const certificates = given('PIP_CERT') ?? conf.certificates ?? given('REQUESTS_CA_BUNDLE');
  return {
    ...(index !== undefined && { index }),
    extraIndexes: given('PIP_EXTRA_INDEX_URL')?.split(/\s+/) ?? conf.extraIndexes,
    trustedHosts: conf.trustedHosts,
    ...(certificates !== undefined && { certificates }),
  };
}

/** uv draws a tree of causes; the message needs its words. */
function explainUv(text: string): string {
  const words = text
    .split('\n')
    .map((line) => line.replace(/^[\s×│╰├─▶]+/u, '').trim())
    .filter((line) => line !== '' && !/^(warning|Using)\b/.test(line));
  return words.length === 0 ? 'uv failed and does not say why, see the log' : `uv: ${words.slice(0, 6).join(' ')}`;
}
