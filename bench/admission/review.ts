/** A review as kube-apiserver sends it for a Pod of a ReplicaSet; the Pod alone is 4 KiB of JSON. */
const POD_BYTES = 4096;

export const TEMPLATE_HASH = '7c9b6d5f4b';

const pod = (padding: string): object => ({
  kind: 'Pod',
  apiVersion: 'v1',
  metadata: {
    generateName: 'hello-node-7c9b6d5f4b-',
    namespace: 'default',
    creationTimestamp: null,
    labels: {
      app: 'hello-node',
      'app.kubernetes.io/part-of': 'shop',
      'buildless.dev/function': 'hello-node',
      'pod-template-hash': TEMPLATE_HASH,
    },
    annotations: { 'buildless.dev/runtime': 'nodejs22', 'prometheus.io/scrape': 'true', 'prometheus.io/port': '8080' },
    ownerReferences: [
      {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        name: 'hello-node-7c9b6d5f4b',
        uid: '3c1a9a1e-6d4b-4a8e-9c57-0d0f7a3a9a11',
        controller: true,
        blockOwnerDeletion: true,
      },
    ],
    managedFields: [
      {
        manager: 'kube-controller-manager',
        operation: 'Update',
        apiVersion: 'v1',
        time: '2026-01-01T00:00:00Z',
        fieldsType: 'FieldsV1',
        fieldsV1: {
          'f:metadata': {
            'f:generateName': {},
            'f:labels': { '.': {}, 'f:app': {} },
            'f:ownerReferences': { '.': {} },
          },
          'f:spec': { 'f:containers': { 'k:{"name":"function"}': { '.': {}, 'f:image': {}, 'f:name': {} } } },
        },
      },
    ],
  },
  spec: {
    volumes: [
      {
        name: 'kube-api-access-x7k2p',
        projected: {
          sources: [
            { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
            { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
            {
              downwardAPI: {
                items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
              },
            },
          ],
          defaultMode: 420,
        },
      },
    ],
    containers: [
      {
        name: 'function',
        image: 'auto',
        env: [
          { name: 'DATABASE', value: 'postgres.shop.svc.cluster.local' },
          { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'database', key: 'password' } } },
          { name: 'PADDING', value: padding },
        ],
        resources: {},
        volumeMounts: [
          {
            name: 'kube-api-access-x7k2p',
            readOnly: true,
            mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
          },
        ],
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
        imagePullPolicy: 'IfNotPresent',
      },
    ],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    serviceAccountName: 'default',
    serviceAccount: 'default',
    securityContext: {},
    schedulerName: 'default-scheduler',
    tolerations: ['not-ready', 'unreachable'].map((condition) => ({
      key: `node.kubernetes.io/${condition}`,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: 300,
    })),
    priority: 0,
    enableServiceLinks: true,
    preemptionPolicy: 'PreemptLowerPriority',
  },
  status: {},
});

/** @param uid 36 characters, as a UUID has */
export function podReview(uid: string): string {
  const short = JSON.stringify(pod('')).length;
  return JSON.stringify({
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid,
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      requestKind: { group: '', version: 'v1', kind: 'Pod' },
      requestResource: { group: '', version: 'v1', resource: 'pods' },
      namespace: 'default',
      operation: 'CREATE',
      userInfo: {
        username: 'system:serviceaccount:kube-system:replicaset-controller',
        groups: ['system:serviceaccounts', 'system:authenticated'],
      },
      object: pod('x'.repeat(POD_BYTES - short)),
      oldObject: null,
      dryRun: false,
      options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
    },
  });
}
