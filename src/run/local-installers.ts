import { INSTALLERS } from '../function/installers.ts';
import type { Language } from '../function/languages.ts';
import type { InstallationPlan } from '../installers/plan.ts';

/**
 * Who installs on this machine: the language's own installer. The fast ones are the toolkit image's, for Linux and the
 * runtime's version, and neither need be this machine's.
 */
export const installedHere = (planned: InstallationPlan, language: Language): InstallationPlan =>
  planned.kind === 'none' || planned.kind === 'own'
    ? planned
    : {
        kind: 'own',
        installer: INSTALLERS[language].own,
        reason: `${planned.installer} is in the toolkit's image only`,
      };
