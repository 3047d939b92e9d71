import type { Configuration } from '../config/configuration.ts';
import { hasDependencies } from '../dependencies/present.ts';
import type { FunctionDefinition } from '../function/definition.ts';
import type { SourceFiles } from '../function/files.ts';
import { INSTALLERS, isFastInstaller, type FastInstaller, type OwnInstaller } from '../function/installers.ts';
import type { Source } from '../function/source.ts';
import { whyNotBun } from './bun.ts';
import { whyNotUv } from './uv.ts';

/** Who installs a Function's dependencies, and where. */
export type InstallationPlan =
  /** There is nothing to install. */
  | { readonly kind: 'none' }
  /** `buildless-install`, in the runtime's image. */
  | { readonly kind: 'own'; readonly installer: OwnInstaller; readonly reason: string }
  /** `buildless-prepare`; there is no second init container. */
  | {
      readonly kind: 'fast';
      readonly installer: FastInstaller;
      /** The author asks for this one: it installs as it does, and no other takes over. */
      readonly asked: boolean;
    }
  /** `buildless-prepare` where it can, else `buildless-install`: what decides is seen in the Pod only. */
  | { readonly kind: 'either'; readonly installer: FastInstaller };

const WHY_NOT: Readonly<Record<FastInstaller, (files: SourceFiles, version: string) => string | undefined>> = {
  bun: whyNotBun,
  uv: whyNotUv,
};

/** A source is read once and looked at in each review of its Function's Pods. */
const known = new WeakMap<SourceFiles, Map<string, string | undefined>>();

/**
 * Why a fast installer is not to be taken for these files, though it may be used.
 *
 * @param version of the runtime's language, e.g. `22`
 */
function whyNotFast(installer: FastInstaller, files: SourceFiles, version: string): string | undefined {
  const answers = known.get(files) ?? new Map<string, string | undefined>();
  const key = `${installer} ${version}`;
  if (!answers.has(key)) answers.set(key, WHY_NOT[installer](files, version));
  known.set(files, answers);
  return answers.get(key);
}

/** Decides who installs, from what admission can see. */
export function planInstallation(
  definition: FunctionDefinition,
  source: Source,
  { install }: Configuration,
): InstallationPlan {
  const { language, version, libc = 'glibc' } = definition.runtime;
  if (source.type === 'files' && !hasDependencies(source.files, language)) return { kind: 'none' };
  const { own, fast } = INSTALLERS[language];
  const byOwn = (reason: string): InstallationPlan => ({ kind: 'own', installer: own, reason });
  if (isFastInstaller(definition.installer)) return { kind: 'fast', installer: definition.installer, asked: true };
  if (definition.installScripts) return byOwn('install scripts are allowed, which need the runtime');
  if (definition.installer !== 'auto') return byOwn('it was chosen');
  if (!install.installers.includes(fast)) return byOwn(`the configuration allows no ${fast}`);
  // The only one that is allowed.
  if (!install.installers.includes(own)) return { kind: 'fast', installer: fast, asked: true };
  if (libc !== 'glibc') return byOwn(`the runtime's image has ${libc}, and the toolkit has glibc`);
  // Git and image sources are seen in the Pod only.
  if (source.type !== 'files') return { kind: 'either', installer: fast };
  const reason = whyNotFast(fast, source.files, version);
  if (reason !== undefined) return byOwn(reason);
  // A pip.conf may hold what uv does not understand, and no admission reads a Secret. For Node.js the toolkit has npm too.
  const isSure = fast === 'bun' || definition.registry === undefined;
  return isSure ? { kind: 'fast', installer: fast, asked: false } : { kind: 'either', installer: fast };
}
