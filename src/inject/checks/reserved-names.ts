/**
 * Names that begin with `buildless-` belong to the injection, so that applying it twice can be told from a clash, and no
 * container of an author's gets at its volumes.
 *
 * Fields: all that name a container, a volume or a claim of the Pod itself; names of objects in the cluster are free
 */
import { RESERVED_PREFIX } from '../../function/keys.ts';
import type { Finding } from '../../outcome/finding.ts';
import type { Check } from './check.ts';

const IN_CONTAINER = [
  'name',
  'targetContainerName',
  'volumeMounts[].name',
  'volumeDevices[].name',
  'resources.claims[].name',
  'env[].valueFrom.resourceFieldRef.containerName',
];

const FIELDS = [
  ...['containers[]', 'initContainers[]', 'ephemeralContainers[]'].flatMap((container) =>
    IN_CONTAINER.map((field) => `${container}.${field}`),
  ),
  'volumes[].name',
  'volumes[].downwardAPI.items[].resourceFieldRef.containerName',
  'volumes[].projected.sources[].downwardAPI.items[].resourceFieldRef.containerName',
  'resourceClaims[].name',
  'resources.claims[].name',
].map((field) => field.split(/\.|(?=\[)/));

export const reservedNames: Check = ({ spec }) => {
  const findings: Finding[] = [];
  for (const steps of FIELDS) visitNames(spec, steps, 0, [], findings);
  return findings;
};

const reserved = (field: string, name: string): Finding => ({
  code: 'reserved-name',
  field,
  problem: `"${name}" is a name that only Buildless gives`,
  fix: `choose a name that does not begin with "${RESERVED_PREFIX}"; if this Pod was injected before and edited since, remove all that begins so`,
});

/**
 * Looks at the strings at a path.
 *
 * @param at which step comes next
 * @param indices of the lists on the way
 */
function visitNames(
  value: unknown,
  steps: readonly string[],
  at: number,
  indices: readonly number[],
  findings: Finding[],
): void {
  const step = steps[at];
  if (step === undefined) {
    if (typeof value === 'string' && value.startsWith(RESERVED_PREFIX))
      findings.push(reserved(fieldOf(steps, indices), value));
  } else if (step === '[]') {
    if (!Array.isArray(value)) return;
    value.forEach((item, index) => {
      visitNames(item, steps, at + 1, [...indices, index], findings);
    });
  } else if (typeof value === 'object' && value !== null && step in value) {
    visitNames(Reflect.get(value, step), steps, at + 1, indices, findings);
  }
}

/** E.g. `spec.containers[0].volumeMounts[1].name`. */
function fieldOf(steps: readonly string[], indices: readonly number[]): string {
  const left = [...indices];
  return steps.reduce((field, step) => (step === '[]' ? `${field}[${left.shift() ?? 0}]` : `${field}.${step}`), 'spec');
}
