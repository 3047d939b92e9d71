/**
 * The Pod templates of Deployments and their like, so that `kubectl apply` says at once what would otherwise be found in
 * the events of a ReplicaSet. An update that leaves the template alone passes, as in Pod Security Admission
 * (https://github.com/kubernetes/enhancements/tree/master/keps/sig-auth/2579-psp-replacement#updates).
 */
import { isDeepStrictEqual } from 'node:util';
import type { Configuration } from '../../config/configuration.ts';
import { parsePod } from '../../function/pod-shape.ts';
import { isObject, type KubernetesObject } from '../../kubernetes/object.ts';
import { templateKindOf } from '../../function/template-kinds.ts';
import { isLabelled, pathsIn, podTemplateOf, valueAt, type Path } from '../../manifests/templates.ts';
import type { SkipCode } from '../../outcome/codes.ts';
import type { Finding } from '../../outcome/finding.ts';
import { factsOf } from '../review-namespace.ts';
import { endingSoon } from '../dependencies.ts';
import { judgeTemplate } from '../judge-template.ts';
import { subjectOf } from '../mutate.ts';
import { concluded, refused, skipped } from '../response.ts';
import { within } from '../../outcome/place.ts';
import type { KindReviewer, ObjectRequest } from './kind.ts';

export const reviewTemplate: KindReviewer = async (request, context) => {
  const { uid, operation, kind, namespace, name, object, oldObject } = request;
  const paths = templatePathsOf(kind, context.configuration());
  if (paths.length === 0) return skipped(uid, 'other-operation');
  if (isOwned(object)) return skipped(uid, 'owned-by-controller');
  const places = paths.flatMap((path) => pathsIn(object, path, MOST_TEMPLATES)).slice(0, MOST_TEMPLATES);
  const changed = places.filter(
    (path) =>
      operation !== 'UPDATE' ||
      oldObject === undefined ||
      !isDeepStrictEqual(valueAt(object, path), valueAt(oldObject, path)),
  );
  if (changed.length === 0) return skipped(uid, places.length === 0 ? 'not-a-function' : 'unchanged');
  const { levels } = await factsOf(namespace, context);
  const subjects: string[] = [];
  const skips: SkipCode[] = [];
  const [findings, warnings, audited]: [Finding[], Finding<string>[], Finding[]] = [[], [], []];
  for (const path of changed) {
    const value = valueAt(object, path);
    // Beside one of a Function there may be others, which are nobody's business here.
    if (places.length > 1 && !(isObject(value) && isLabelled(value))) {
      skips.push('not-a-function');
      continue;
    }
    const parsed = parsePod(isObject(value) ? podTemplateOf({ group: kind.group, name, template: value }) : value);
    if ('findings' in parsed) return refused(uid, `${kind.kind} ${namespace}/${name}`, within(path, parsed.findings));
    const judged = await judgeTemplate(parsed.pod, namespace, context);
    if (judged.skipped !== undefined) {
      skips.push(judged.skipped);
      continue;
    }
    subjects.push(subjectOf(parsed.pod, kind.kind, namespace, nameOf(request)));
    findings.push(...within(path, judged.findings));
    warnings.push(...within(path, [...judged.warnings, ...endingSoon(judged)]));
    audited.push(...judged.audited);
  }
  const [subject] = subjects;
  const [skip] = skips;
  if (subject === undefined && skip !== undefined) return skipped(uid, skip);
  return concluded(uid, subject ?? '', { findings, warnings, audited, levels });
};

/** Of one object; more are judged as Pods alone. */
const MOST_TEMPLATES = 20;

/** Where objects of a kind have their templates: of the kinds that everybody has, or that the configuration names. */
export function templatePathsOf(
  { group, kind }: Pick<ObjectRequest['kind'], 'group' | 'kind'>,
  { templates }: Pick<Configuration, 'templates'>,
): readonly (readonly string[])[] {
  const known = templateKindOf(group, kind);
  if (known !== undefined) return [known.path];
  return templates.filter((each) => each.group === group && each.kind === kind).map(({ path }) => path);
}

/** A new object may leave its name to the API server. */
function nameOf({ name, object }: ObjectRequest): string {
  const generated = valueAt(object, ['metadata', 'generateName']);
  return name === '' && typeof generated === 'string' ? `${generated}*` : name;
}

const OWNERS: Path = ['metadata', 'ownerReferences'];

/** The API server lets an object have one controller at most. */
function isOwned(object: KubernetesObject): boolean {
  const owners = valueAt(object, OWNERS);
  return Array.isArray(owners) && owners.some((owner: unknown) => isObject(owner) && owner.controller === true);
}
