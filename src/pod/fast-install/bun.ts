import { existsSync, renameSync } from 'node:fs';
import path from 'node:path';
import type { NpmSource } from '../../dependencies/npm/source.ts';
import { layoutOfLock } from '../../installers/lock-layout.ts';
import { wantedPackages } from '../../installers/wanted-tree.ts';
import { judgeOutcome } from '../nodejs/install/judged-outcome.ts';
import { readRegistrySettings } from '../nodejs/install/npmrc.ts';
import { NETWORK_VARIABLES, pickEnvironment } from '../program/run-program.ts';
import { createRedactor } from '../program/redaction.ts';
import { refuse } from '../program/refusal.ts';
import { makeBunFolder } from './bun-folder.ts';
import { endOf, type FastInstallOutcome, type Tool } from './tool.ts';
import { readInstalledPackages } from '../nodejs/install/installed-packages.ts';
import { layOut } from './lay-out.ts';
import { unknownToBun } from './npmrc-keys.ts';
import { platformOf } from './platform.ts';

/** Without an answer until then, npm is to have the rest of the time. */
const SHARE_OF_TIME = 0.5;

/**
 * Installs what package-lock.json has, looks whether that is what came, and puts it where the lock has it. Without a lock, which
 * only one who chose bun may do, it installs what package.json asks registries for.
 *
 * @param source what `readJudgeableSource` made of the files
 */
export async function installWithBun(tool: Tool, source: NpmSource): Promise<FastInstallOutcome> {
  const { options, context } = tool;
  const { staging, scratch, registry } = options;
  const npmrc = path.join(staging, '.npmrc');
  const settings = [npmrc, ...(registry === undefined ? [] : [registry])];
  const unknown = await unknownToBun(settings);
  if (unknown !== undefined) return { declined: `.npmrc has ${unknown}, which bun does not read as npm does` };
  const env = {
    ...pickEnvironment(context.environment, [
      'PATH',
      ...NETWORK_VARIABLES,
      'NODE_EXTRA_CA_CERTS',
      'npm_config_registry',
      'NPM_CONFIG_REGISTRY',
    ]),
    // Where bun looks for an .npmrc of the user: the Secret is never copied to a volume that the Function sees.
    HOME: registry === undefined ? scratch : path.dirname(registry),
    XDG_CONFIG_HOME: scratch,
    TMPDIR: scratch,
    BUN_INSTALL: scratch,
    BUN_INSTALL_CACHE_DIR: tool.cacheFolder,
    DO_NOT_TRACK: '1',
  };
  const { registry: address, secrets } = await readRegistrySettings(settings, env);
  const redact = createRedactor(secrets);
  const lock = source.lock === undefined || 'problem' in source.lock ? undefined : source.lock;
  const folder = path.join(scratch, 'bun');
  makeBunFolder(folder, {
    packageJson: source.root,
    packages: lock && new Map([...lock.packages].map(([location, { json }]) => [location, json])),
    registry: address,
    npmrc,
  });

  const platform = platformOf(options);
  const timeoutSeconds = options.asked ? options.timeoutSeconds : options.timeoutSeconds * SHARE_OF_TIME;
  const running = tool.run(
    [
      'install',
      `--config=${path.join(folder, 'bunfig.toml')}`,
      ...(lock === undefined ? ['--no-save'] : ['--frozen-lockfile']),
      '--production',
      '--ignore-scripts',
      '--linker=hoisted',
      `--backend=${tool.cached ? 'copyfile' : 'hardlink'}`,
      `--os=${platform.os}`,
      `--cpu=${platform.cpu}`,
      `--libc=${platform.libc}`,
      '--no-progress',
      '--no-summary',
      '--no-env-file',
    ],
    env,
    redact,
    false,
    { directory: folder, timeoutSeconds },
  );
  const wanted = lock && wantedPackages({ packageJson: source.root, lock }, platform);
  const end = await running;
  if (end.timedOut && !options.asked) return { declined: `bun did not finish within ${timeoutSeconds} s` };
  const failure = endOf(end, tool, (text) => redact(explainBun(text)));
  if (failure !== undefined) return failure;
  if (wanted !== undefined) {
    const layout = layoutOfLock(wanted, readInstalledPackages(folder));
    if (typeof layout === 'string') return { declined: `bun installed something else: ${layout}` };
    layOut(layout, wanted, folder, path.join(scratch, 'taken'));
  }
  const modules = path.join(folder, 'node_modules');
  if (existsSync(modules)) renameSync(modules, path.join(staging, 'node_modules'));
  const { level } = options;
  const log = (line: string): void => {
    context.log(redact(line));
  };
  const refusal = judgeOutcome(staging, { installer: 'bun', level, platform, registry: address, scripts: false, log });
  return refusal === undefined ? 'installed' : refuse(redact(refusal.refusal));
}

/** The first errors of what bun wrote. */
function explainBun(text: string): string {
  const errors = text
    .split('\n')
    .filter((line) => /^error\b/.test(line.trim()))
    .map((line) => line.trim().replace(/^error:\s*/, ''));
  return errors.length === 0 ? 'bun failed and does not say why, see the log' : `bun: ${errors.slice(0, 3).join('; ')}`;
}
