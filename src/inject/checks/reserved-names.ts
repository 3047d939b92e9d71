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

export const reservedNames: Check = ({ spec }) =>
  FIELDS.flatMap((steps) => namesAt(spec, steps, 'spec')).flatMap(([field, name]) =>
    name.startsWith(RESERVED_PREFIX) ? [reserved(field, name)] : [],
  );

const reserved = (field: string, name: string): Finding => ({
  code: 'reserved-name',
  field,
  problem: `"${name}" is a name that only Buildless gives`,
  fix: `choose a name that does not begin with "${RESERVED_PREFIX}"; if this Pod was injected before and edited since, remove all that begins so`,
});

/** The strings at a path, each with its field. */
function namesAt(value: unknown, [step, ...rest]: readonly string[], field: string): readonly [string, string][] {
  if (step === undefined) return typeof value === 'string' ? [[field, value]] : [];
  if (step === '[]') {
    return Array.isArray(value) ? value.flatMap((item, index) => namesAt(item, rest, `${field}[${index}]`)) : [];
  }
  return typeof value === 'object' && value !== null && step in value
    ? namesAt(Reflect.get(value, step), rest, `${field}.${step}`)
    : [];
}
