/**
 * The Pod templates of Deployments and their like, so that `kubectl apply` says at once what would otherwise be found in
 * the events of a ReplicaSet. An update that leaves the template alone passes, as in Pod Security Admission
 * (https://github.com/kubernetes/enhancements/tree/master/keps/sig-auth/2579-psp-replacement#updates).
 */
import { isDeepStrictEqual } from 'node:util';
import type { Configuration } from '../../config/configuration.ts';
import { parsePod } from '../../function/pod-shape.ts';
import { isObject, type KubernetesObject } from '../../manifests/object.ts';
import { templateKindOf } from '../../manifests/template-kinds.ts';
import { fieldOf, valueAt, type Path } from '../../manifests/templates.ts';
import { factsOf } from '../judge-pod.ts';
import { judgeTemplate } from '../judge-template.ts';
import { subjectOf } from '../mutate.ts';
import { concluded, refused, skipped } from '../response.ts';
import { within } from '../within.ts';
import type { KindReviewer, ObjectRequest } from './kind.ts';

export const reviewTemplate: KindReviewer = async (request, surroundings) => {
  const { uid, operation, kind, namespace, name, object, oldObject } = request;
  const path = templatePathOf(kind, surroundings.configuration());
  if (path === undefined) return skipped(uid, 'other-operation');
  if (isOwned(object)) return skipped(uid, 'owned-by-controller');
  const value = valueAt(object, path);
  if (operation === 'UPDATE' && oldObject !== undefined && isDeepStrictEqual(value, valueAt(oldObject, path))) {
    return skipped(uid, 'unchanged');
  }
  const parsed = parsePod(value);
  if ('findings' in parsed) {
    return refused(uid, `${kind.kind} ${namespace}/${name}`, within(fieldOf(path), parsed.findings));
  }
  const template = parsed.pod;
  const { levels } = await factsOf(namespace, surroundings);
  const judged = await judgeTemplate(template, namespace, surroundings);
  if (judged.skipped !== undefined) return skipped(uid, judged.skipped);
  return concluded(uid, subjectOf(template, kind.kind, namespace, nameOf(request)), {
    findings: within(fieldOf(path), judged.findings),
    warnings: within(fieldOf(path), judged.warnings),
    audited: judged.audited,
    levels,
  });
};

/** Where objects of a kind have their template: of the kinds that everybody has, or that the configuration names. */
export function templatePathOf(
  { group, kind }: Pick<ObjectRequest['kind'], 'group' | 'kind'>,
  { templates }: Pick<Configuration, 'templates'>,
): Path | undefined {
  return (templateKindOf(group, kind) ?? templates.find((each) => each.group === group && each.kind === kind))?.path;
}

/** What is applied may leave its name to the API server. */
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
