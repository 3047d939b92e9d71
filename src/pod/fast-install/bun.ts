import { rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { LockEntry } from '../../dependencies/npm/lock/entry.ts';
import type { Manifest } from '../../dependencies/npm/manifest.ts';
import type { NpmSource } from '../../dependencies/npm/source.ts';
import type { SourceFiles } from '../../function/files.ts';
import { layoutOfLock } from '../../installers/lock-layout.ts';
import type { InstalledPackages } from '../../installers/same-tree.ts';
import { type Platform, wantedPackages } from '../../installers/wanted-tree.ts';
import { readRegistrySettings } from '../nodejs/install/npmrc.ts';
import { NETWORK_VARIABLES, pickEnvironment } from '../prepare/program.ts';
import { createRedactor } from '../prepare/redaction.ts';
import { endOf, type FastInstallOutcome, type Tool } from './fast-install.ts';
import { readInstalledPackages } from './installed-packages.ts';
import { layOut } from './lay-out.ts';
import { unknownToBun } from './npmrc-keys.ts';
import { platformOf } from './platform.ts';

/** bun's own lock, which it may write. */
const BUN_LOCK = 'bun.lock';

/**
 * Installs what package-lock.json has, looks whether that is what came, and puts it where the lock has it.
 *
 * @param source what `readForBun` made of the files
 */
export async function installWithBun(
  tool: Tool,
  files: SourceFiles,
  source: NpmSource | undefined,
): Promise<FastInstallOutcome> {
  const { options, surroundings } = tool;
  const { staging, scratch, registry } = options;
  const settings = [path.join(staging, '.npmrc'), ...(registry === undefined ? [] : [registry])];
  const unknown = await unknownToBun(settings);
  if (unknown !== undefined) {
    const reason = `.npmrc has ${unknown}, which bun does not read as npm does`;
    if (!options.asked) return { declined: reason };
    surroundings.log(`attention: ${reason}`);
  }
  const env = {
    ...pickEnvironment(surroundings.environment, [
      'PATH',
      ...NETWORK_VARIABLES,
      'NODE_EXTRA_CA_CERTS',
      'npm_config_registry',
      'NPM_CONFIG_REGISTRY',
    ]),
    HOME: scratch,
    XDG_CONFIG_HOME: scratch,
    TMPDIR: scratch,
    BUN_INSTALL_CACHE_DIR: tool.cacheFolder,
    DO_NOT_TRACK: '1',
  };
  const { secrets } = await readRegistrySettings(settings, env);
  const redact = createRedactor(secrets);
  // Where it looks for the user's own.
  // A link: a copy would be on a volume of the Function, and stay there if this is killed.
  if (registry !== undefined) await symlink(registry, path.join(scratch, '.npmrc'));

  // The source's bunfig.toml may name registries, which nobody has judged.
  const config = path.join(scratch, 'bunfig.toml');
  await writeFile(config, '');
  if (files.has('bunfig.toml')) surroundings.log('attention: bunfig.toml is not read; registries belong in .npmrc');

  const platform = platformOf(options);
  const hasLock = files.has('package-lock.json') || files.has(BUN_LOCK);
  const running = tool.run(
    [
      'install',
      `--config=${config}`,
      ...(hasLock ? ['--frozen-lockfile'] : ['--no-save']),
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
  );
  const wanted = source === undefined ? undefined : wantedByLock(source, platform);
  const end = await running;
  if (!files.has(BUN_LOCK)) await rm(path.join(staging, BUN_LOCK), { force: true });
  const failure = endOf(end, tool, (text) => redact(explainBun(text)));
  if (failure !== undefined) return failure;
  const installed = readInstalledPackages(staging);
  // Only one who asked for bun comes here without a lock.
  if (wanted === undefined) {
    const missing = source === undefined ? undefined : missingFrom(installed, source.root);
    if (missing === undefined) return 'installed';
    const cause = unknown === undefined ? '' : `, perhaps as .npmrc has ${unknown}`;
    return { declined: `bun told of no error and did not install ${missing}${cause}` };
  }
  const layout = layoutOfLock(wanted, installed);
  if (typeof layout === 'string') return { declined: `bun installed something else: ${layout}` };
  layOut(layout, wanted, staging, path.join(scratch, 'taken'));
  return 'installed';
}

function wantedByLock({ lock, root }: NpmSource, platform: Platform): ReadonlySet<LockEntry> | undefined {
  return lock === undefined || 'problem' in lock ? undefined : wantedPackages({ manifest: root, lock }, platform);
}

/**
 * The first package that package.json asks for and that is not there. bun ends with status 0 also where an .npmrc makes the
 * installation a rehearsal (`dry-run`, for which it has no argument to the contrary) or leaves peers out (`omit`).
 */
function missingFrom(installed: InstalledPackages, { installed: asked }: Manifest): string | undefined {
  for (const { name, group, optionalPeer } of asked.values()) {
    const mayBeMissing = group === 'optionalDependencies' || optionalPeer;
    if (!mayBeMissing && !installed.has(`node_modules/${name}`)) return name;
  }
  return undefined;
}

/** The first errors of what bun wrote. */
function explainBun(text: string): string {
  const errors = text
    .split('\n')
    .filter((line) => /^error\b/.test(line.trim()))
    .map((line) => line.trim().replace(/^error:\s*/, ''));
  return errors.length === 0 ? 'bun failed and does not say why, see the log' : `bun: ${errors.slice(0, 3).join('; ')}`;
}
