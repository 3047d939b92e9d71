/** A request of a usual kind, to try a Function with. */
export interface Sample {
  readonly about: string;
  readonly data: string;
  readonly contentType: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly method?: string;
  /** Of a CloudEvent. */
  readonly event?: { readonly type: string; readonly source: string };
}

const json = (data: object): Pick<Sample, 'data' | 'contentType'> => ({
  data: JSON.stringify(data),
  contentType: 'application/json',
});

/** By name, in the order of the list. */
export const SAMPLES: Readonly<Record<string, Sample>> = {
  json: { about: 'POST of a JSON object', ...json({ name: 'World', items: [1, 2, 3] }) },
  form: {
    about: 'POST of an HTML form',
    data: 'name=World&quantity=2',
    contentType: 'application/x-www-form-urlencoded',
  },
  text: { about: 'POST of plain text', data: 'Hello, World!', contentType: 'text/plain; charset=utf-8' },
  order: {
    about: 'CloudEvent of a shop: an order was received',
    event: { type: 'shop.order.received.v1', source: 'shop/web' },
    ...json({ id: 'a-17', customer: 'c-4', items: [{ sku: 'pen', price: 2, count: 3 }] }),
  },
  // https://knative.dev/docs/eventing/sources/ping-source/reference/
  cron: {
    about: 'CloudEvent of a timer, as the PingSource of Knative sends it',
    event: { type: 'dev.knative.sources.ping', source: '/apis/v1/namespaces/default/pingsources/every-minute' },
    ...json({ message: 'tick' }),
  },
  // https://knative.dev/docs/eventing/sources/apiserversource/reference/
  kubernetes: {
    about: 'CloudEvent of a Kubernetes object, as the ApiServerSource of Knative sends it',
    event: { type: 'dev.knative.apiserver.resource.add', source: 'https://kubernetes.default.svc' },
    ...json({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web-0', namespace: 'default', labels: { app: 'web' } },
      status: { phase: 'Pending' },
    }),
  },
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html, as MinIO sends it, too.
  s3: {
    about: 'POST of a bucket: an object was written (S3, MinIO)',
    ...json({
      EventName: 's3:ObjectCreated:Put',
      Key: 'invoices/2026/01.pdf',
      Records: [
        {
          eventVersion: '2.1',
          eventSource: 'aws:s3',
          eventTime: '2026-01-02T03:04:05.000Z',
          eventName: 'ObjectCreated:Put',
          s3: {
            bucket: { name: 'invoices' },
            object: { key: '2026/01.pdf', size: 1024, eTag: 'd41d8cd98f00b204e980' },
          },
        },
      ],
    }),
  },
  // https://docs.github.com/en/webhooks/webhook-events-and-payloads#push
  github: {
    about: 'webhook of GitHub: a push',
    headers: [
      ['X-GitHub-Event', 'push'],
      ['X-GitHub-Delivery', '72d3162e-cc78-11e3-81ab-4c9367dc0958'],
    ],
    ...json({
      ref: 'refs/heads/main',
      before: '0000000000000000000000000000000000000000',
      after: '6dcb09b5b57875f334f61aebed695e2e4193db5e',
      repository: { full_name: 'octo-org/shop', private: false },
      pusher: { name: 'octocat' },
      commits: [
        { id: '6dcb09b5b57875f334f61aebed695e2e4193db5e', message: 'Correct the price', modified: ['handler.js'] },
      ],
    }),
  },
  // https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
  alert: {
    about: 'webhook of Alertmanager: an alert fires',
    ...json({
      version: '4',
      status: 'firing',
      receiver: 'function',
      alerts: [
        {
          status: 'firing',
          labels: { alertname: 'HighLatency', severity: 'warning' },
          annotations: { summary: 'p99 is over 1 s' },
          startsAt: '2026-01-02T03:04:05Z',
        },
      ],
    }),
  },
};
