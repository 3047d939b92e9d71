import type { Finding } from '../outcome/finding.ts';
import type { FieldStep } from '../outcome/place.ts';
import type { PodLike } from '../kubernetes/pod.ts';
import { withoutNulls } from '../kubernetes/nulls.ts';
import { isJsonObject } from '../json/object.ts';

/** @param at the way to the value, the same list for all: nearly no value is worth a copy of its path */
type Check = (value: unknown, at: FieldStep[], findings: Finding[]) => void;

function checkBelow(step: FieldStep, check: Check, value: unknown, at: FieldStep[], findings: Finding[]): void {
  at.push(step);
  check(value, at, findings);
  at.pop();
}

/** Many more than a message lists: an object of a few MB could have a million. */
const MOST_FINDINGS = 1000;

const name = (value: unknown): string =>
  Array.isArray(value)
    ? 'a list'
    : value === null
      ? 'nothing'
      : typeof value === 'object'
        ? 'a map'
        : `a ${typeof value}`;

const expected =
  (what: string, holds: (value: unknown) => boolean): Check =>
  (value, at, findings) => {
    if (findings.length >= MOST_FINDINGS || holds(value)) return;
    findings.push({
      code: 'invalid-object',
      field: [...at],
      problem: `${what} is expected here, and this is ${name(value)}`,
      fix: 'correct it as kubectl explain pod shows',
    });
  };

const isAbsent = (value: unknown): boolean => value === undefined || value === null;

const text = expected('a string', (value) => typeof value === 'string');
/** PATH_MAX of Linux: no runtime can mount at a longer one. */
const LONGEST_PATH = 4096;
const path = expected(
  `a path of at most ${LONGEST_PATH} characters`,
  (value) => typeof value === 'string' && value.length <= LONGEST_PATH,
);
const number = expected('a number', (value) => typeof value === 'number');
const aMap = expected('a map', isJsonObject);
const aList = expected('a list', Array.isArray);

const optional =
  (check: Check): Check =>
  (value, at, findings) => {
    if (!isAbsent(value)) check(value, at, findings);
  };

const texts: Check = (value, at, findings) => {
  aMap(value, at, findings);
  if (isJsonObject(value)) for (const key in value) checkBelow({ key }, text, value[key], at, findings);
};

const listOf =
  (item: Check): Check =>
  (value, at, findings) => {
    aList(value, at, findings);
    if (Array.isArray(value))
      value.forEach((entry, index) => {
        checkBelow(index, item, entry, at, findings);
      });
  };

const mapWith = (fields: Readonly<Record<string, Check>>): Check => {
  const checks = Object.entries(fields);
  return (value, at, findings) => {
    aMap(value, at, findings);
    if (!isJsonObject(value)) return;
    for (const [key, check] of checks) checkBelow(key, check, value[key], at, findings);
  };
};

const quantity = optional(expected('a quantity', (value) => typeof value === 'string' || typeof value === 'number'));

const quantities: Check = (value, at, findings) => {
  aMap(value, at, findings);
  if (isJsonObject(value)) for (const key in value) checkBelow({ key }, quantity, value[key], at, findings);
};

const resources = mapWith({
  requests: optional(quantities),
  limits: optional(quantities),
  claims: optional(listOf(aMap)),
});

const container = mapWith({
  name: text,
  image: optional(text),
  command: optional(listOf(text)),
  args: optional(listOf(text)),
  workingDir: optional(text),
  env: optional(listOf(mapWith({ name: text }))),
  ports: optional(listOf(mapWith({ containerPort: number }))),
  volumeMounts: optional(listOf(mapWith({ name: text, mountPath: path }))),
  volumeDevices: optional(listOf(mapWith({ name: text, devicePath: path }))),
  resources: optional(resources),
  securityContext: optional(
    mapWith({ capabilities: optional(mapWith({ add: optional(listOf(text)), drop: optional(listOf(text)) })) }),
  ),
  lifecycle: optional(aMap),
  envFrom: optional(listOf(mapWith({ prefix: optional(text) }))),
});

const nodeAffinity = mapWith({
  requiredDuringSchedulingIgnoredDuringExecution: optional(
    mapWith({
      nodeSelectorTerms: optional(
        listOf(mapWith({ matchExpressions: optional(listOf(mapWith({ key: text, values: optional(listOf(text)) }))) })),
      ),
    }),
  ),
});

const pod = mapWith({
  metadata: optional(mapWith({ labels: optional(texts), annotations: optional(texts) })),
  spec: optional(
    mapWith({
      containers: listOf(container),
      initContainers: optional(listOf(container)),
      ephemeralContainers: optional(listOf(container)),
      volumes: optional(listOf(mapWith({ name: text }))),
      securityContext: optional(mapWith({ sysctls: optional(listOf(mapWith({ name: text }))) })),
      os: optional(aMap),
      nodeSelector: optional(aMap),
      affinity: optional(mapWith({ nodeAffinity: optional(nodeAffinity) })),
      resources: optional(resources),
    }),
  ),
});

/** Of a Pod and its metadata; every Pod of a controller has a null among them. */
const UNREAD: ReadonlySet<string> = new Set(['status', 'creationTimestamp', 'managedFields', 'ownerReferences']);

/**
 * Checks the parts of a Pod (or template) that Buildless reads; an API server has done so already, a file may hold
 * anything. Unknown fields are not looked at. A field that holds null is absent, as for the API server.
 *
 * @returns the very same object if what is read of it has no null, or every field that has the wrong shape
 */
export function parsePod(value: unknown): { readonly pod: PodLike } | { readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const given = withoutNulls(value, UNREAD);
  pod(given, [], findings);
  return findings.length === 0 && isPod(given) ? { pod: given } : { findings };
}

/** Holds for whatever the checks above found nothing in. */
const isPod = (value: unknown): value is PodLike => isJsonObject(value);
