/**
 * The installer that was chosen can install the source. Git and image sources are looked at by buildless-prepare.
 *
 * Fields: metadata.annotations["buildless.dev/installer"]
 */
import { installersIn, nameEach, otherChoices } from '../../function/installers.ts';
import { ANNOTATIONS } from '../../function/keys.ts';
import type { Language } from '../../function/languages.ts';
import type { CheckOf } from './check.ts';
import { annotationField } from '../../outcome/place.ts';

export const chosenInstaller: CheckOf<'configuration' | 'definition' | 'facts' | 'installPlan'> = (
  _pod,
  { configuration, definition, facts, installPlan },
) => {
  if (installPlan.kind !== 'fast' || !installPlan.asked) return [];
  const { installer } = installPlan;
  const { version } = definition.runtime;
  const reason = facts?.whyNot[installer]?.chosen[version];
  if (reason === undefined) return [];
  const { language } = definition.runtime;
  const choices = otherChoices(definition.runtime, configuration.install.installers, definition.installer);
  const fixes = ['correct the source'];
  if (choices.length > 0) fixes.push(`choose ${choices.join(' or ')}`);
  else if (isForbidden(language, configuration.install.installers))
    fixes.push(`have the administrator allow ${nameEach(installersIn('runtime', language))}`);
  return [
    {
      code: 'installer-unfit',
      field: annotationField(ANNOTATIONS.installer),
      problem: `${installer} cannot install this source: ${reason}`,
      fix: fixes.join(', or '),
    },
  ];
};

const isForbidden = (language: Language, allowed: readonly string[]): boolean =>
  !installersIn('runtime', language).some(({ name }) => allowed.includes(name));
