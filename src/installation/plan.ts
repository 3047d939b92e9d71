import type { Configuration } from '../config/configuration.ts';
import type { FunctionDefinition } from '../function/definition.ts';
import { INSTALLERS, isFastInstaller, type FastInstaller, type OwnInstaller } from '../function/installers.ts';
import type { Source } from '../function/source.ts';
import { hasDependencies } from '../dependencies/present.ts';
import { whyNotBun } from './bun.ts';
import { whyNotUv } from './uv.ts';
import type { SourceFiles } from '../function/files.ts';

/** Who installs a Function's dependencies, and where. */
export type InstallationPlan =
  /** There is nothing to install. */
  | { readonly kind: 'none' }
  /** `buildless-install`, in the runtime's image. */
  | { readonly kind: 'own'; readonly installer: OwnInstaller; readonly reason: string }
  /** `buildless-prepare`; there is no second init container. */
  | { readonly kind: 'fast'; readonly installer: FastInstaller }
  /** `buildless-prepare` where it can, else `buildless-install`: what decides is seen in the Pod only. */
  | { readonly kind: 'either'; readonly installer: FastInstaller };

const WHY_NOT: Readonly<Record<FastInstaller, (files: SourceFiles) => string | undefined>> = {
  bun: whyNotBun,
  uv: whyNotUv,
};

/** Why a fast installer is not to be taken for these files, though it may be used; shared by admission and the Pod. */
export const whyNotFast = (installer: FastInstaller, files: SourceFiles): string | undefined =>
  WHY_NOT[installer](files);

/** Decides who installs, from what admission can see. */
export function planInstallation(
  definition: FunctionDefinition,
  source: Source,
  { install }: Configuration,
): InstallationPlan {
  const { language, libc = 'glibc' } = definition.runtime;
  if (source.type === 'files' && !hasDependencies(source.files, language)) return { kind: 'none' };
  const { own, fast } = INSTALLERS[language];
  const byOwn = (reason: string): InstallationPlan => ({ kind: 'own', installer: own, reason });
  if (isFastInstaller(definition.installer)) return { kind: 'fast', installer: definition.installer };
  if (definition.installer !== 'auto') return byOwn('buildless.dev/installer asks for it');
  if (!install.installers.includes(fast)) return byOwn(`the configuration allows no ${fast}`);
  if (definition.installScripts) return byOwn('install scripts are allowed, which need the runtime');
  if (libc !== 'glibc') return byOwn(`the runtime's image has ${libc}, and the toolkit has glibc`);
  // Git and image sources are seen in the Pod only.
  if (source.type !== 'files') return { kind: 'either', installer: fast };
  const reason = whyNotFast(fast, source.files);
  if (reason !== undefined) return byOwn(reason);
  // A pip.conf may hold what uv does not understand, and no admission reads a Secret. For Node.js the toolkit has npm too.
  return { kind: fast === 'uv' && definition.registry !== undefined ? 'either' : 'fast', installer: fast };
}
