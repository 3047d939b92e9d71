import type { FunctionChoices } from '../function/choices.ts';
import type { FunctionDefinition } from '../function/definition.ts';
import { installersOfImage } from '../function/installers.ts';
import { LANGUAGES } from '../function/languages.ts';
import type { Installer } from '../function/languages/traits.ts';
import type { InstallFacts } from './facts.ts';

/** Who installs a Function's dependencies, and where. */
export type InstallPlan =
  /** There is nothing to install. */
  | { readonly kind: 'none' }
  /** `buildless-install`, in the runtime's image. */
  | { readonly kind: 'own'; readonly installer: string; readonly reason: string }
  /** `buildless-prepare`; there is no second init container. */
  | {
      readonly kind: 'fast';
      readonly installer: string;
      /** The author asks for this one: it installs as it does, and no other takes over. */
      readonly asked: boolean;
    }
  /** `buildless-prepare` if it can, else `buildless-install`: what decides is seen in the Pod only. */
  | { readonly kind: 'either'; readonly installer: string };

type PlannedDefinition = Pick<FunctionDefinition, 'runtime' | 'installer' | 'installScripts' | 'registry'>;

/**
 * Decides who installs, from what admission can see: the first installer of the language that is allowed and whose result is
 * known to be the same.
 *
 * @param facts of the source; undefined for one that is seen in the Pod only (Git, an image)
 */
export function planInstall(
  definition: PlannedDefinition,
  facts: InstallFacts | undefined,
  { install }: Pick<FunctionChoices, 'install'>,
): InstallPlan {
  const { installers } = LANGUAGES.of(definition.runtime.language);
  if (facts?.hasDependencies === false || installers.length === 0) return { kind: 'none' };
  const chosen = installers.find(({ name }) => name === definition.installer);
  if (chosen?.runsIn === 'toolkit') return { kind: 'fast', installer: chosen.name, asked: true };
  if (chosen !== undefined) {
    const reason = definition.installScripts ? SCRIPTS : 'it was chosen';
    return { kind: 'own', installer: chosen.name, reason };
  }
  const allowed = installers.filter(({ name }) => install.installers.includes(name));
  const ofImage = installersOfImage(definition.runtime);
  if (ofImage.length === 0 && installers.some(({ runsIn }) => runsIn === 'runtime')) return withoutImage(allowed);
  const last = allowed.find(({ runsIn }) => runsIn === 'runtime');
  if (last === undefined) return onlyInToolkit(allowed, definition, facts);
  const reasons: string[] = definition.installScripts ? [SCRIPTS] : [];
  for (const installer of installers) {
    if (installer.runsIn === 'runtime') {
      if (!allowed.includes(installer)) continue;
      return { kind: 'own', installer: installer.name, reason: reasons[0] ?? 'it is the first of its language' };
    }
    const reason = allowed.includes(installer)
      ? whyNot(installer, definition, facts)
      : `the configuration allows no ${installer.name}`;
    if (reason !== undefined || definition.installScripts) reasons.push(reason ?? SCRIPTS);
    else if (facts === undefined || mayBeDeclined(definition, last))
      return { kind: 'either', installer: installer.name };
    else return { kind: 'fast', installer: installer.name, asked: false };
  }
  return { kind: 'own', installer: last.name, reason: reasons[0] ?? '' };
}

const SCRIPTS = 'install scripts are allowed, which need the runtime';

function whyNot(
  { name }: Installer,
  { runtime: { libc = 'glibc', version } }: PlannedDefinition,
  facts: InstallFacts | undefined,
): string | undefined {
  if (libc !== 'glibc') return `the runtime's image has ${libc}, and the toolkit has glibc`;
  return facts?.whyNot[name]?.auto[version];
}

/**
 * The settings of a registry may hold what only the runtime's installer understands, and no admission reads a Secret. If the
 * toolkit has that one as well, buildless-prepare calls it, and no second container is needed.
 */
const mayBeDeclined = ({ registry }: PlannedDefinition, last: Installer): boolean =>
  registry !== undefined && last.alsoInToolkit !== true;

/** The runtime's image has no installer: one of the toolkit does it, and another of the toolkit takes over if it may. */
function withoutImage(allowed: readonly Installer[]): InstallPlan {
  const first = allowed.find(({ runsIn }) => runsIn === 'toolkit');
  return first === undefined
    ? { kind: 'none' }
    : { kind: 'fast', installer: first.name, asked: !allowed.some(({ alsoInToolkit }) => alsoInToolkit === true) };
}

/** None that runs in the runtime's image is allowed: the first that can install it, or the first for the reason why not. */
function onlyInToolkit(
  allowed: readonly Installer[],
  { runtime: { version } }: PlannedDefinition,
  facts: InstallFacts | undefined,
): InstallPlan {
  const fit = allowed.find(({ name }) => facts?.whyNot[name]?.chosen[version] === undefined) ?? allowed[0];
  return fit === undefined ? { kind: 'none' } : { kind: 'fast', installer: fit.name, asked: true };
}
