import type { FunctionChoices } from '../function/choices.ts';
import type { FunctionDefinition } from '../function/definition.ts';
import { INSTALLERS, isFastInstaller, type FastInstaller, type OwnInstaller } from '../function/installers.ts';
import type { InstallationFacts } from './facts.ts';

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

/**
 * Decides who installs, from what admission can see.
 *
 * @param facts of the source; undefined for one that is seen in the Pod only (Git, an image)
 */
export function planInstallation(
  definition: FunctionDefinition,
  facts: InstallationFacts | undefined,
  { install }: Pick<FunctionChoices, 'install'>,
): InstallationPlan {
  const { language, version, libc = 'glibc' } = definition.runtime;
  if (facts?.hasDependencies === false) return { kind: 'none' };
  const { own, fast } = INSTALLERS[language];
  const byOwn = (reason: string): InstallationPlan => ({ kind: 'own', installer: own, reason });
  if (isFastInstaller(definition.installer)) return { kind: 'fast', installer: definition.installer, asked: true };
  if (definition.installScripts) return byOwn('install scripts are allowed, which need the runtime');
  if (definition.installer !== 'auto') return byOwn('it was chosen');
  if (!install.installers.includes(fast)) return byOwn(`the configuration allows no ${fast}`);
  // The only one that is allowed.
  if (!install.installers.includes(own)) return { kind: 'fast', installer: fast, asked: true };
  if (libc !== 'glibc') return byOwn(`the runtime's image has ${libc}, and the toolkit has glibc`);
  if (facts === undefined) return { kind: 'either', installer: fast };
  const reason = facts.whyNotFast[version];
  if (reason !== undefined) return byOwn(reason);
  // A pip.conf may hold what uv does not understand, and no admission reads a Secret. For Node.js the toolkit has npm too.
  const isSure = fast === 'bun' || definition.registry === undefined;
  return isSure ? { kind: 'fast', installer: fast, asked: false } : { kind: 'either', installer: fast };
}
