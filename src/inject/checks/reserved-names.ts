/**
 * Names that begin with `buildless-` belong to the injection, so that applying it twice can be told from a clash, and no
 * container of an author's gets at its volumes.
 *
 * Fields: all that name a container, a volume or a claim of the Pod itself; names of objects in the cluster are free
 */
import { RESERVED_PREFIX } from '../../function/keys.ts';
import type { Finding } from '../../outcome/finding.ts';
import type { FieldPath, FieldStep } from '../../outcome/place.ts';
import type { Check } from './check.ts';

/** Where names are: of a map by key, of each item of a list. */
type Shape = typeof NAME | readonly [Shape] | { readonly [key: string]: Shape };

const NAME = 'name';
const NAMED: Shape = [{ name: NAME }];
const DOWNWARD: Shape = { items: [{ resourceFieldRef: { containerName: NAME } }] };
const CONTAINERS: Shape = [
  {
    name: NAME,
    targetContainerName: NAME,
    volumeMounts: NAMED,
    volumeDevices: NAMED,
    resources: { claims: NAMED },
    env: [{ valueFrom: { resourceFieldRef: { containerName: NAME } } }],
  },
];
const SPEC: Shape = {
  containers: CONTAINERS,
  initContainers: CONTAINERS,
  ephemeralContainers: CONTAINERS,
  volumes: [{ name: NAME, downwardAPI: DOWNWARD, projected: { sources: [{ downwardAPI: DOWNWARD }] } }],
  resourceClaims: NAMED,
  resources: { claims: NAMED },
};

export const reservedNames: Check = ({ spec }) => {
  const findings: Finding[] = [];
  visit(spec, SPEC, ['spec'], findings);
  return findings;
};

const reserved = (field: FieldPath, name: string): Finding => ({
  code: 'reserved-name',
  field,
  problem: `"${name}" is a name that only Buildless gives`,
  fix: `choose a name that does not begin with "${RESERVED_PREFIX}"; if this Pod was injected before and edited since, remove all that begins so`,
});

/** @param at of the value, the same list for all, as nearly no value is worth a copy of its path */
function visit(value: unknown, shape: Shape, at: FieldStep[], findings: Finding[]): void {
  if (shape === NAME) {
    if (typeof value === 'string' && value.startsWith(RESERVED_PREFIX)) findings.push(reserved([...at], value));
  } else if (isList(shape)) {
    if (!Array.isArray(value)) return;
    for (let index = 0; index < value.length; index += 1) {
      at.push(index);
      visit(value[index], shape[0], at, findings);
      at.pop();
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const key in shape) {
      const inner = shape[key];
      if (inner === undefined || !(key in value)) continue;
      at.push(key);
      visit(Reflect.get(value, key), inner, at, findings);
      at.pop();
    }
  }
}

const isList = (shape: Shape): shape is readonly [Shape] => Array.isArray(shape);
