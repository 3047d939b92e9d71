import { runtimeInstaller } from '../function/installers.ts';
import type { Language } from '../function/languages.ts';
import type { InstallPlan } from '../installers/plan.ts';

/**
 * Who installs on this machine: an installer of the runtime. Those of the toolkit image are for Linux and the runtime's
 * version, and neither need be this machine's.
 */
export function installedHere(planned: InstallPlan, language: Language): InstallPlan {
  if (planned.kind === 'none' || planned.kind === 'own') return planned;
  const installer = runtimeInstaller(language)?.name;
  return installer === undefined
    ? planned
    : { kind: 'own', installer, reason: `${planned.installer} is in the toolkit's image only` };
}
