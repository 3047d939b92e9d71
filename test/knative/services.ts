/** Knative Services as people write them, each a Function. */

type Json = Readonly<Record<string, unknown>>;

interface Wanted {
  readonly containers: readonly Json[];
  readonly annotations?: Readonly<Record<string, string>>;
}

const service = ({ containers, annotations = {} }: Wanted): Json => ({
  apiVersion: 'serving.knative.dev/v1',
  kind: 'Service',
  metadata: { name: 'hello', namespace: 'default' },
  spec: {
    template: {
      metadata: {
        labels: { 'buildless.dev/function': 'hello' },
        annotations: { 'buildless.dev/runtime': 'nodejs22', ...annotations },
      },
      spec: { containers },
    },
  },
});

/** By what is special about them. */
export const SERVICES: Readonly<Record<string, Json>> = {
  'without-a-name': service({ containers: [{ image: 'auto' }] }),
  'with-a-name-and-variables': service({
    containers: [{ name: 'shop', image: 'auto', env: [{ name: 'TARGET', value: 'World' }] }],
  }),
  'on-another-port': service({ containers: [{ image: 'auto', ports: [{ containerPort: 9000 }] }] }),
  'with-an-image-and-a-probe': service({
    containers: [
      {
        image: 'docker.io/library/node:22.23.3-slim',
        readinessProbe: { httpGet: { path: '/ready' }, periodSeconds: 3 },
      },
    ],
  }),
  'beside-another-container': service({
    containers: [
      { image: 'auto', name: 'function', ports: [{ containerPort: 8080 }] },
      { image: 'example.com/cache:1.0.0', name: 'cache' },
    ],
  }),
  'in-python': service({
    containers: [{ image: 'auto' }],
    annotations: { 'buildless.dev/runtime': 'python311', 'autoscaling.knative.dev/min-scale': '0' },
  }),
};
