/**
 * Whether a Pod carries exactly the injection that it would get now. Permitted differences are listed here, with who makes the
 * difference; nothing in the list changes what our init containers execute:
 *
 * - fields that the API server fills in: pull policies, modes of volumes, where the termination message goes
 * - requests and limits (LimitRanger, autoscalers), the user and SELinux labels where we set none (OpenShift)
 * - variables and credentials of the clouds' workload identities, and proxies if the configuration names none, which their
 *   webhooks put into all containers
 * - a level that is stricter than the namespace's
 *
 * In the Function's container everything may be added that its author could have written as well.
 */
import type { V1Container, V1EnvVar, V1VolumeMount } from '@kubernetes/client-node';
import { parseQuantity } from '../kubernetes/quantity.ts';
import { isLevel, stricter } from '../dependencies/policy.ts';
import { PATHS, RESERVED_PREFIX, STATUS_ANNOTATION } from '../function/keys.ts';
import type { Finding } from '../outcome/finding.ts';
import { annotationField, formatField, type FieldPath } from '../outcome/place.ts';
import { differencesBetween, type Difference, type Tolerates } from './differences.ts';
import type { PodLike } from '../kubernetes/pod.ts';
import type { FunctionStatus } from './status.ts';

const APPLY_THE_PLAIN_TEMPLATE = `remove the annotation ${STATUS_ANNOTATION} and everything named "${RESERVED_PREFIX}*", or apply the template as it was before the injection`;

interface Injected {
  readonly pod: PodLike;
  readonly status: FunctionStatus;
}

/** What a Pod has otherwise than its own injection made again, as reasons to refuse it. */
export function otherwiseInjected(actual: Injected, expected: Injected): readonly Finding[] {
  const digest = expected.status.source.digest;
  const statusField = annotationField(STATUS_ANNOTATION);
  if (digest !== actual.status.source.digest) {
    return [
      {
        code: 'injected-otherwise',
        field: statusField,
        problem: `the Pod was injected for other files of ${expected.status.source.reference} than it has now`,
        fix: `create it again, which controllers do automatically; if this is a copy, ${APPLY_THE_PLAIN_TEMPLATE}`,
      },
    ];
  }
  return [
    ...differencesBetween(actual.status, expected.status, statusField),
    ...ofInitContainers(actual.pod, expected.pod),
    ...ofVolumes(actual.pod, expected.pod),
    ...ofFunction(actual, expected),
  ].map(({ field, problem }) => ({ code: 'injected-otherwise', field, problem, fix: APPLY_THE_PLAIN_TEMPLATE }));
}

const isOurs = ({ name }: { readonly name: string }): boolean => name.startsWith(RESERVED_PREFIX);

/** Ours of both lists, with the field of the one that is there. */
function pairs<Item extends { readonly name: string }>(
  actual: readonly Item[] | undefined,
  expected: readonly Item[] | undefined,
  field: FieldPath,
  compare: (actual: Item, expected: Item, field: FieldPath) => readonly Difference[],
): readonly Difference[] {
  const there = [...(actual ?? []).entries()].filter(([, item]) => isOurs(item));
  const wanted = (expected ?? []).filter(isOurs);
  const [names, wantedNames] = [
    there.map(([, { name }]) => name).join(', '),
    wanted.map(({ name }) => name).join(', '),
  ];
  if (names !== wantedNames) {
    return [{ field, problem: `it has ${names || 'nothing of Buildless'}, and the injection adds ${wantedNames}` }];
  }
  return there.flatMap(([index, item], position) => {
    const other = wanted[position];
    return other === undefined ? [] : compare(item, other, [...field, index]);
  });
}

const ofInitContainers = (actual: PodLike, expected: PodLike): readonly Difference[] =>
  pairs(actual.spec?.initContainers, expected.spec?.initContainers, ['spec', 'initContainers'], (item, wanted, field) =>
    differencesBetween(withoutForeign(item, wanted), wanted, field, toleratedInInitContainer),
  );

const ofVolumes = (actual: PodLike, expected: PodLike): readonly Difference[] =>
  pairs(actual.spec?.volumes, expected.spec?.volumes, ['spec', 'volumes'], (item, wanted, field) =>
    differencesBetween(item, wanted, field, toleratedInVolume),
  );

function ofFunction(actual: Injected, expected: Injected): readonly Difference[] {
  const index = actual.pod.spec?.containers.findIndex(({ name }) => name === actual.status.container) ?? -1;
  const field: FieldPath = ['spec', 'containers', index];
  const [item, wanted] = [actual, expected].map(({ pod }) => pod.spec?.containers[index]);
  if (item === undefined || wanted === undefined) return [];
  return [
    ...differencesBetween(
      { ...item, volumeMounts: [] },
      { ...wanted, volumeMounts: [] },
      field,
      ([step]) => step === 'resources',
    ),
    ...pairs(item.volumeMounts, wanted.volumeMounts, [...field, 'volumeMounts'], (mount, other, place) =>
      differencesBetween(mount, other, place),
    ),
  ];
}

const isAny = (): boolean => true;
const only =
  (...values: readonly unknown[]) =>
  (actual: unknown, expected: unknown): boolean =>
    expected === undefined && values.includes(actual);
const isAdded = (_: unknown, expected: unknown): boolean => expected === undefined;

const IN_INIT_CONTAINER: Readonly<Record<string, (actual: unknown, expected: unknown) => boolean>> = {
  imagePullPolicy: isAny,
  terminationMessagePath: only('/dev/termination-log'),
  terminationMessagePolicy: only('File'),
  'resources.requests': isAny,
  'resources.limits': isAny,
  'securityContext.runAsUser': isAdded,
  'securityContext.runAsGroup': isAdded,
  'securityContext.seLinuxOptions': isAdded,
  'securityContext.privileged': only(false),
  'securityContext.procMount': only('Default'),
};

const LEVEL = '--level=';

const toleratedInInitContainer: Tolerates = (path, actual, expected) => {
  const [list, index] = path;
  if (list === 'args' && index !== undefined) return isStricterLevel(actual, expected);
  const field = formatField(path);
  return Object.hasOwn(IN_INIT_CONTAINER, field) && IN_INIT_CONTAINER[field]?.(actual, expected) === true;
};

function isStricterLevel(actual: unknown, expected: unknown): boolean {
  const [own, wanted] = [actual, expected].map((argument) =>
    typeof argument === 'string' && argument.startsWith(LEVEL) ? argument.slice(LEVEL.length) : '',
  );
  if (own === undefined || wanted === undefined || !isLevel(own) || !isLevel(wanted)) return false;
  return stricter(own, wanted) === own;
}

/** The mode that the API server gives files of a volume (core/v1 defaults.go). */
const DEFAULT_MODE = 0o644;

const toleratedInVolume: Tolerates = (path, actual, expected) => {
  switch (formatField(path)) {
    case 'configMap.defaultMode':
    case 'secret.defaultMode':
    case 'projected.defaultMode':
      return only(DEFAULT_MODE)(actual, expected);
    case 'image.pullPolicy':
      return true;
    case 'emptyDir.sizeLimit':
      return isSameQuantity(actual, expected);
    default:
      return false;
  }
};

const isSameQuantity = (one: unknown, other: unknown): boolean =>
  typeof one === 'string' && typeof other === 'string' && parseQuantity(one) === parseQuantity(other);

/** An init container of ours without what webhooks of others put into all containers; a variable of the injection is not theirs. */
function withoutForeign(container: V1Container, wanted: V1Container): V1Container {
  const { env, volumeMounts } = container;
  const own = new Set(wanted.env?.map(({ name }) => name));
  return {
    ...container,
    ...(env !== undefined && { env: env.filter((variable) => own.has(variable.name) || !isForeignVariable(variable)) }),
    ...(volumeMounts !== undefined && { volumeMounts: volumeMounts.filter((mount) => !isForeignToken(mount)) }),
  };
}

/** No program of an init container takes orders from these: identities of the clouds, telemetry, the way to the network. */
const FOREIGN_VARIABLES = /^(?:(?:AWS|AZURE|GOOGLE|KUBERNETES|DD|OTEL)_[A-Z0-9_]+|(?:HTTPS?|ALL|NO)_PROXY|TZ)$/i;

const isForeignVariable = ({ name }: V1EnvVar): boolean => FOREIGN_VARIABLES.test(name);

const TOKENS = '/var/run/secrets/';

/** The token of a workload identity, e.g. `/var/run/secrets/eks.amazonaws.com/serviceaccount`; never Kubernetes' own. */
function isForeignToken({ name, mountPath }: V1VolumeMount): boolean {
  const [owner = '', ...rest] = mountPath.startsWith(TOKENS) ? mountPath.slice(TOKENS.length).split('/') : [];
  const own = PATHS.serviceAccountToken.slice(TOKENS.length).split('/')[0];
  return !isOurs({ name }) && owner !== '' && owner !== own && ![owner, ...rest].some((part) => /^\.\.?$/.test(part));
}
