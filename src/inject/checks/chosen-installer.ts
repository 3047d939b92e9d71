/**
 * The installer that was chosen can install the source. Git and image sources are looked at by buildless-prepare.
 *
 * Fields: metadata.annotations["buildless.dev/installer"]
 */
import { INSTALLERS } from '../../function/installers.ts';
import { ANNOTATIONS } from '../../function/keys.ts';
import type { CheckOf } from './check.ts';
import { annotationField } from '../../outcome/place.ts';

export const chosenInstaller: CheckOf<'configuration' | 'definition' | 'facts' | 'installation'> = (
  _pod,
  { configuration, definition, facts, installation },
) => {
  if (installation.kind !== 'fast' || !installation.asked) return [];
  const { installer } = installation;
  const { language, version } = definition.runtime;
  const reason = facts?.whyNotChosen[version];
  if (reason === undefined) return [];
  const { own } = INSTALLERS[language];
  const allowed = configuration.install.installers.includes(own);
  return [
    {
      code: 'installer-unfit',
      field: annotationField(ANNOTATIONS.installer),
      problem: `${installer} cannot install this source: ${reason}`,
      fix: allowed
        ? `correct the source, or choose ${own}`
        : `correct the source, or have the administrator allow ${own}`,
    },
  ];
};
