import * as kubernetes from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { createMutate } from '../../src/admission/mutate.ts';
import { replica, requestFor, sourceOf, contextWith } from '../admission/review-of.ts';

const mutate = createMutate(contextWith({ source: sourceOf({ 'handler.js': 'exports.main = () => 1;' }) }));

interface Attribute {
  readonly baseName: string;
  readonly type: string;
}

/** The fields of a type as the OpenAPI document of Kubernetes has them. */
function attributesOf(type: string): readonly Attribute[] {
  const model: unknown = Reflect.get(kubernetes, type);
  if (typeof model !== 'function') return [];
  const read: unknown = Reflect.get(model, 'getAttributeTypeMap');
  return typeof read === 'function' ? (read.call(model) as readonly Attribute[]) : [];
}

/** Every field of a Pod's spec that holds a name, e.g. `containers[].volumeMounts[].name`. */
function nameFields(type: string, path: string, above: readonly string[]): readonly string[] {
  return attributesOf(type).flatMap(({ baseName, type: given }) => {
    const item = /^Array<(.*)>$/.exec(given)?.[1];
    const field = `${path === '' ? '' : `${path}.`}${baseName}${item === undefined ? '' : '[]'}`;
    const inner = item ?? given;
    if (inner === 'string') return /name$/i.test(baseName) ? [field] : [];
    return above.includes(inner) ? [] : nameFields(inner, field, [...above, inner]);
  });
}

/** Names of objects in the cluster, of things outside of it, and of fields of other things. */
const FREE = [
  /(secret|clusterTrustBundle|secretRef|configMap|configMapRef|secretKeyRef|configMapKeyRef|nodePublishSecretRef|dataSource|dataSourceRef|fileKeyRef)\.name$/i,
  /(claimName|secretName|secretRef|ClassName|TemplateName|shareName|diskName|pdName|datasetName|volumeAttributesClassName)$/i,
  /(imagePullSecrets|sources|options|env|ports|sysctls|podGroups|schedulingGates|httpHeaders)\[\]\.name$/,
  /\.(fieldRef|iscsi|flexVolume|scaleIO|storageos|rbd|cephfs)\..*ame$/i,
  /^(hostname|nodeName|schedulerName|serviceAccountName|runtimeClassName|priorityClassName|os\.name|workloadRef.*|schedulingGroup.*|resourceClaims\[\]\.resourceClaim.*Name)$/,
  /(gmsaCredentialSpecName|resizePolicy..\.resourceName|storagePolicyName|runAsUserName|initiatorName|volumeName|storagePoolName|signerName|metadata\..*|keyType|podCertificate\..*)$/,
  /\.volumeClaimTemplate\./,
  /^hostAliases/,
];

const isFree = (field: string): boolean => FREE.some((pattern) => pattern.test(field));

/** A value at a path such as `containers[].volumeMounts[].name`. */
function at(field: string, value: string): unknown {
  const [step, ...rest] = field.split(/\.|(?=\[)/);
  if (step === undefined) return value;
  const inner = rest.length === 0 ? value : at(rest.join('.').replaceAll('.[', '['), value);
  return step === '[]' ? [inner] : { [step]: inner };
}

function merge(one: unknown, other: unknown): unknown {
  if (Array.isArray(one) && Array.isArray(other)) return [merge(one[0], other[0])];
  if (typeof one !== 'object' || one === null || typeof other !== 'object' || other === null) return other ?? one;
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...keys].map((key) => [key, merge(Reflect.get(one, key), Reflect.get(other, key))]));
}

/** What the API requires beside a name. */
const complete = (spec: unknown): unknown =>
  JSON.parse(JSON.stringify(spec), (key, value: unknown) => {
    if (!Array.isArray(value)) return value;
    const more = { volumeMounts: { mountPath: '/m' }, volumeDevices: { devicePath: '/d' } }[key];
    const needsName = /^(containers|initContainers|ephemeralContainers|volumes|env|resourceClaims)$/.test(key);
    return value.map((item) => merge({ ...(needsName && { name: 'function' }), ...more }, item));
  });

describe('a name that begins with "buildless-"', () => {
  const fields = [...new Set(nameFields('V1PodSpec', '', ['V1PodSpec']))];

  it('is looked for in every field of a Pod that holds a name', () => {
    expect(fields.length).toBeGreaterThan(100);
    expect(fields.filter((field) => !isFree(field)).length).toBeGreaterThan(15);
  });

  it.each(fields.filter((field) => !isFree(field)))('is refused in spec.%s', async (field) => {
    const spec = complete(merge(replica.spec, at(field, 'buildless-app')));
    const { codes, response } = await mutate(requestFor({ ...replica, spec }));
    expect(codes).toContain('reserved-name');
    expect(response.status?.message).toContain(`spec.${field.replaceAll('[]', '[0]')}: "buildless-app"`);
  });
});
