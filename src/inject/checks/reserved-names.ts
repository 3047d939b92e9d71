/**
 * Names that begin with `buildless-` belong to the injection, so that applying it twice can be told from a clash.
 *
 * Fields: spec.{containers,initContainers,ephemeralContainers,volumes}[*].name
 */
import { RESERVED_PREFIX } from '../../function/keys.ts';
import type { Check } from './check.ts';

const LISTS = ['containers', 'initContainers', 'ephemeralContainers', 'volumes'] as const;

export const reservedNames: Check = ({ spec }) =>
  LISTS.flatMap((list) =>
    (spec?.[list] ?? []).flatMap(({ name }, index) =>
      name.startsWith(RESERVED_PREFIX)
        ? [
            {
              code: 'reserved-name' as const,
              field: `spec.${list}[${index}].name`,
              problem: `"${name}" is a name that Buildless gives`,
              fix: `choose a name that does not begin with "${RESERVED_PREFIX}"; if this Pod was injected before and edited since, remove all that begins so`,
            },
          ]
        : [],
    ),
  );
