/**
 * The installer that was chosen can install the source. Git and image sources are looked at by buildless-prepare.
 *
 * Fields: metadata.annotations["buildless.dev/installer"]
 */
import { installersOfImage, nameEach } from '../../function/installers.ts';
import { ANNOTATIONS } from '../../function/keys.ts';
import type { Installer } from '../../function/languages/traits.ts';
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
  const others = installersOfImage(definition.runtime);
  const allowed = others.filter(({ name }) => configuration.install.installers.includes(name));
  return [
    {
      code: 'installer-unfit',
      field: annotationField(ANNOTATIONS.installer),
      problem: `${installer} cannot install this source: ${reason}`,
      fix: `correct the source${otherwise(allowed, others)}`,
    },
  ];
};

function otherwise(allowed: readonly Installer[], all: readonly Installer[]): string {
  if (allowed.length > 0) return `, or choose ${nameEach(allowed)}`;
  return all.length === 0 ? '' : `, or have the administrator allow ${nameEach(all)}`;
}
