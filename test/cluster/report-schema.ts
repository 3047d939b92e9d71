/** The CRD of either API for reports, with schemas in our own words. */
import type { ReportKind } from '../../src/policy-report/kinds.ts';

const text = { type: 'string' };
const integer = { type: 'integer' };
const object = (properties: object, more: object = {}): object => ({ type: 'object', properties, ...more });
const subject = object({ apiVersion: text, kind: text, namespace: text, name: text, uid: text });

const result = object(
  {
    ...{ source: text, policy: text, rule: text, category: text, message: text },
    result: { type: 'string', enum: ['pass', 'fail', 'warn', 'error', 'skip'] },
    severity: { type: 'string', enum: ['critical', 'high', 'low', 'medium', 'info'] },
    scored: { type: 'boolean' },
    resources: { type: 'array', items: subject },
    properties: { type: 'object', additionalProperties: text },
    timestamp: object(
      { seconds: { type: 'integer', format: 'int64' }, nanos: { type: 'integer', format: 'int32' } },
      { required: ['seconds', 'nanos'] },
    ),
  },
  { required: ['policy'] },
);

const column = (name: string): object => ({ name, type: 'integer', jsonPath: `.summary.${name.toLowerCase()}` });

export const reportDefinition = ({ group, apiVersion, kind, resource, hasSource }: ReportKind): object => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${resource}.${group}` },
  spec: {
    group,
    names: { kind, listKind: `${kind}List`, plural: resource, singular: kind.toLowerCase() },
    scope: 'Namespaced',
    versions: [
      {
        name: apiVersion.split('/')[1],
        served: true,
        storage: true,
        additionalPrinterColumns: ['Pass', 'Fail', 'Warn', 'Error', 'Skip'].map(column),
        schema: {
          openAPIV3Schema: object({
            ...(hasSource && { source: text }),
            scope: subject,
            summary: object({ pass: integer, fail: integer, warn: integer, error: integer, skip: integer }),
            results: { type: 'array', items: result },
          }),
        },
      },
    ],
  },
});
