import { copyFile, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { parseJsonFile } from '../../installation/json.ts';
import { lockedPackages } from '../../installation/package-lock.ts';
import { differenceFromLock } from '../../installation/same-tree.ts';
import { readRegistrySettings } from '../nodejs/install/npmrc.ts';
import { NETWORK_VARIABLES, pickEnvironment } from '../prepare/program.ts';
import { createRedactor } from '../prepare/redaction.ts';
import { explainEnd, type FastInstallOutcome, type Tool } from './fast-install.ts';
import { readInstalledPackages } from './installed-packages.ts';
import { unknownNpmrcKey } from './npmrc-keys.ts';

const PLATFORM = { os: 'linux', cpu: process.arch, libc: 'glibc' };

/** Installs what package-lock.json has, and looks whether that is what came. */
export async function installWithBun(tool: Tool): Promise<FastInstallOutcome> {
  const { options, surroundings } = tool;
  const { staging, scratch, registry } = options;
  const files = [path.join(staging, '.npmrc'), ...(registry === undefined ? [] : [registry])];
  const unknown = await unknownNpmrcKey(files);
  if (unknown !== undefined) return { declined: `.npmrc has ${unknown}, which bun does not read as npm does` };

  const env = {
    ...pickEnvironment(surroundings.environment, [
      'PATH',
      ...NETWORK_VARIABLES,
      'NODE_EXTRA_CA_CERTS',
      'npm_config_registry',
      'NPM_CONFIG_REGISTRY',
    ]),
    HOME: scratch,
    TMPDIR: scratch,
    BUN_INSTALL_CACHE_DIR: tool.cacheFolder,
    DO_NOT_TRACK: '1',
  };
  const { secrets } = await readRegistrySettings(files, env);
  const redact = createRedactor(secrets);
  // Where it looks for the user's own.
  if (registry !== undefined) await copyFile(registry, path.join(scratch, '.npmrc'));

  const end = await tool.run(
    [
      'install',
      '--frozen-lockfile',
      '--production',
      '--ignore-scripts',
      '--linker=hoisted',
      `--backend=${tool.cached ? 'copyfile' : 'hardlink'}`,
      `--os=${PLATFORM.os}`,
      `--cpu=${PLATFORM.cpu}`,
      `--libc=${PLATFORM.libc}`,
      '--no-progress',
      '--no-summary',
      '--no-env-file',
    ],
    env,
    redact,
  );
  // The lock that it made for itself.
  await rm(path.join(staging, 'bun.lock'), { force: true });
  if (end.code !== 0) return explainEnd(end, tool, (text) => redact(explainBun(text)));

  const lock = parseJsonFile(await readFile(path.join(staging, 'package-lock.json')));
  const difference = differenceFromLock(lockedPackages(lock ?? {}), await readInstalledPackages(staging), PLATFORM);
  return difference === undefined ? 'installed' : { declined: `bun installed something else: ${difference}` };
}

/** The first errors of what bun wrote. */
function explainBun(text: string): string {
  const errors = text
    .split('\n')
    .filter((line) => /^error\b/.test(line.trim()))
    .map((line) => line.trim().replace(/^error:\s*/, ''));
  return errors.length === 0 ? 'bun failed and does not say why, see the log' : `bun: ${errors.slice(0, 3).join('; ')}`;
}
