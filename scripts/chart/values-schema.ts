/** The JSON Schema of the chart's values. The values of the configuration come from the product's own schema. */

const object = (properties: Readonly<Record<string, object>>, more: object = {}): object => ({
  type: 'object',
  additionalProperties: false,
  properties,
  ...more,
});

const boolean = { type: 'boolean' };
const strings = { type: 'object', additionalProperties: { type: 'string' } };
const anything = { type: 'object' };
const list = { type: 'array', items: { type: 'object' } };
const integer = (minimum: number, maximum?: number): object => ({
  type: 'integer',
  minimum,
  ...(maximum !== undefined && { maximum }),
});
const text = (pattern: string): object => ({ type: 'string', pattern });

/** A quantity of Kubernetes, as a user writes it. */
const quantity = {
  anyOf: [
    { type: 'number', minimum: 0 },
    { type: 'string', pattern: '^[0-9]+(\\.[0-9]+)?([mkMGTPE]|[KMGTPE]i)?$' },
  ],
};
const quantities = { type: 'object', additionalProperties: quantity };
const resources = object({ requests: quantities, limits: quantities, claims: list });

const deployment = {
  replicas: integer(0),
  resources,
  priorityClassName: { type: 'string' },
  spreadOverNodes: { enum: ['ScheduleAnyway', 'DoNotSchedule'] },
  nodeSelector: strings,
  tolerations: list,
  affinity: anything,
  podLabels: strings,
  podAnnotations: strings,
};

const port = integer(1, 65_535);

/** @param configuration the JSON Schema of Buildless's configuration */
export function valuesSchema(configuration: object): object {
  const inner = Object.fromEntries(Object.entries(configuration).filter(([key]) => key !== '$schema'));
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Values of the chart Buildless',
    ...object({
      // Of an umbrella chart.
      global: anything,
      image: object({
        registry: text('^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)*$'),
        tag: text('^([A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?$'),
        digests: { type: 'object', additionalProperties: text('^sha256:[0-9a-f]{64}$') },
        pullPolicy: { enum: ['', 'Always', 'IfNotPresent', 'Never'] },
        pullSecrets: {
          type: 'array',
          items: object({ name: { type: 'string', minLength: 1 } }, { required: ['name'] }),
        },
      }),
      configuration: inner,
      commonLabels: strings,
      namespace: object({ create: boolean }),
      webhook: object(deployment),
      control: object({ enabled: boolean, resolver: object({ resources, env: list }), ...deployment }),
      reports: object({ enabled: boolean }),
      push: object({ enabled: boolean }),
      certManager: object({
        enabled: boolean,
        issuerRef: object({ kind: { type: 'string' }, name: { type: 'string' }, group: { type: 'string' } }),
      }),
      hostNetwork: object({ enabled: boolean, port, healthPort: port }),
      openshift: object({ enabled: boolean }),
      networkPolicy: object({ enabled: boolean }),
      criticalPodsQuota: object({ enabled: boolean, pods: integer(1) }),
      test: object({ probeNamespace: text('^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)?$') }),
      metrics: object({
        serviceMonitor: object({ enabled: boolean, interval: text('^([0-9]+(ms|s|m|h))+$'), labels: strings }),
        prometheusRule: object({ enabled: boolean, labels: strings }),
        dashboard: object({ enabled: boolean, labels: strings }),
      }),
    }),
  };
}
