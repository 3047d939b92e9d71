/**
 * The runtimes are Linux images.
 *
 * Fields: spec.os.name
 * Allowed: unset, linux
 */
import { isUnset } from '../unset.ts';
import type { Check } from './check.ts';

export const operatingSystem: Check = ({ spec }) => {
  const name = spec?.os?.name;
  if (isUnset(name) || name === 'linux') return [];
  return [
    {
      code: 'unsupported-os',
      field: 'spec.os.name',
      problem: `Functions run on Linux nodes, and the Pod asks for ${name}`,
      fix: 'remove spec.os or set it to linux',
    },
  ];
};
