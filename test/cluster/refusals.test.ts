import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { ANNOTATIONS, FUNCTION_LABEL, POLICY_LABELS, REVISION_ANNOTATION } from '../../src/function/keys.ts';
import { REFUSALS, WARNINGS, type RefusalCode, type WarningCode } from '../../src/outcome/codes.ts';
import { at } from '../installation/shipped.ts';
import { deployment, functionPod, listOf, source } from './functions.ts';
import { cluster, eventually, given, it } from './given.ts';
import { installWebhook, OPTED_IN, RESTRICTED } from './installed.ts';
import { createNamespace, kubectl, kubectlOk, ROOT } from './kubectl.ts';
import { functionDeployment } from './revisions.ts';

const bad = (annotations: Record<string, string>): object => functionPod('hello', { annotations });

/** For each reason that kubectl can show: something that is refused for it. */
const REFUSED: Partial<Record<RefusalCode, object>> = {
  'invalid-name': functionPod('Hello', { pod: 'hello' }),
  'unknown-annotation': bad({ 'buildless.dev/runtme': 'nodejs22' }),
  'unknown-label': {
    ...functionPod('hello'),
    metadata: {
      ...functionPod('hello').metadata,
      labels: { [FUNCTION_LABEL]: 'hello', 'buildless.dev/runtime': 'nodejs22' },
    },
  },
  'invalid-annotation': bad({ [ANNOTATIONS.source]: 'ftp://example.com' }),
  'unknown-runtime': bad({ [ANNOTATIONS.runtime]: 'nodejs' }),
  'unknown-installer': bad({ [ANNOTATIONS.installer]: 'yarn' }),
  'unknown-profile': bad({ [ANNOTATIONS.profile]: 'XXL' }),
  'no-container': bad({ [ANNOTATIONS.container]: 'main' }),
  'ambiguous-container': functionPod('hello', {
    spec: {
      containers: [
        { name: 'a', image: 'a:1' },
        { name: 'b', image: 'b:1' },
      ],
    },
  }),
  'unsupported-os': functionPod('hello', { spec: { os: { name: 'windows' } } }),
  'source-not-found': bad({ [ANNOTATIONS.source]: 'configmap:nobody' }),
  'revision-not-found': bad({ [REVISION_ANNOTATION]: 'files:hello-0123456789' }),
  'source-invalid': source('hollow', { 'lib..': 'x' }),
  'handler-not-found': bad({ [ANNOTATIONS.handler]: 'main.handle' }),
  'reserved-name': functionPod('hello', {
    spec: { containers: [{ name: 'function', image: 'auto' }], volumes: [{ name: 'buildless-app', emptyDir: {} }] },
  }),
  'reserved-path': functionPod('hello', {
    spec: {
      containers: [{ name: 'function', image: 'auto', volumeMounts: [{ name: 'own', mountPath: '/buildless/own' }] }],
      volumes: [{ name: 'own', emptyDir: {} }],
    },
  }),
  'port-contradiction': functionPod('hello', {
    spec: {
      containers: [
        {
          name: 'function',
          image: 'auto',
          env: [{ name: 'FUNC_PORT', value: '9000' }],
          ports: [{ name: 'http', containerPort: 8000 }],
        },
      ],
    },
  }),
  'security-contradiction': functionPod('hello', {
    spec: {
      containers: [{ name: 'function', image: 'auto', securityContext: { privileged: true } }],
      hostNetwork: true,
    },
  }),
  'source-floats': bad({ [ANNOTATIONS.source]: 'image:registry.example/shop:latest' }),
  'image-floats': functionPod('hello', { spec: { containers: [{ name: 'function', image: 'node:latest' }] } }),
  'dependencies-float': source('floating', { 'package.json': '{\n  "dependencies": { "axios": "latest" }\n}' }),
  'dependencies-invalid': source('broken', { 'package.json': '{\n  "dependencies": [\n}' }),
};

/** Why the others are not in the list. */
const NOT_HERE: Partial<Record<RefusalCode, string>> = {
  'invalid-object': 'the API server refuses what has not the shape of a Pod before any webhook sees it',
  'credential-in-source': 'refused by stricter levels than the default one: it warns, see below',
  'source-unreachable': 'outages.test.ts',
  'namespace-unreachable': 'outages.test.ts',
  'unknown-policy-level': 'a label of a Namespace: see below',
  'dependency-denied': 'denied.test.ts: the shipped configuration denies nothing',
  'provenance-unchecked': 'test/admission/release-age.test.ts: the shipped configuration does not compare provenance',
  'provenance-lost': 'provenance.test.ts: the shipped configuration does not compare provenance',
  'licence-refused': 'test/licences/admission.test.ts: the shipped configuration has no list of licences',
  'licence-unknown': 'test/licences/admission.test.ts: the shipped configuration has no list of licences',
  'release-age-unchecked': 'release-age.test.ts: the shipped configuration has no minimum age',
  'release-age-unknown': 'test/release-age/judge.test.ts: the resolver finds it',
  'release-changed': 'test/release-age/judge.test.ts: the resolver finds it',
  'release-too-young': 'release-age.test.ts: the shipped configuration has no minimum age',
  'registry-unavailable': 'the command has it, not the webhook',
  'lock-not-resolved': 'the command has it, not the webhook',
  'unknown-release-age': 'a label of a Namespace: test/admission/namespaces.test.ts',
  'not-injected': 'outages.test.ts',
  'injected-otherwise': 'test/admission/carried-injections.test.ts: a Pod that carries an injection',
  'image-auto': 'test/admission/running-image.test.ts: an update of a running Pod',
  'scripts-denied': 'test/golden/refused-git-dependency.yaml',
  'installer-unfit': 'test/golden/refused-bun-with-resolutions.yaml',
  'too-complex': 'test/hostile: larger than a command line that a person reads',
  'too-busy': 'test/server: it needs a crowd',
  'comments-would-be-lost': 'the command has it, not the webhook',
  'not-a-review': 'no API server sends such a thing',
  'internal-error': 'a fault of ours',
};

/** For each piece of advice: something that is admitted with it. */
const WARNED: Partial<Record<WarningCode, { readonly object: object; readonly labels?: Record<string, string> }>> = {
  'source-unlabelled': { object: bad({ [ANNOTATIONS.source]: 'configmap:unlabelled' }) },
  'handler-ignored': {
    object: functionPod('hello', {
      annotations: { [ANNOTATIONS.handler]: 'handler.main' },
      spec: { containers: [{ name: 'function', image: 'auto', command: ['node', 'work.js'] }] },
    }),
  },
  'server-in-job': {
    object: functionPod('hello', {
      spec: { containers: [{ name: 'function', image: 'auto' }], restartPolicy: 'Never' },
    }),
  },
  'port-shared': {
    object: functionPod('hello', {
      spec: {
        containers: [
          { name: 'function', image: 'auto' },
          { name: 'side', image: 'side:1', ports: [{ containerPort: 8080 }] },
        ],
      },
    }),
  },
  'port-name-taken': {
    object: functionPod('hello', {
      spec: {
        containers: [
          { name: 'function', image: 'auto' },
          { name: 'proxy', image: 'proxy:1', ports: [{ name: 'http', containerPort: 4180 }] },
        ],
      },
    }),
  },
  'port-privileged': {
    object: functionPod('hello', {
      spec: { containers: [{ name: 'function', image: 'auto', env: [{ name: 'PORT', value: '80' }] }] },
    }),
  },
  'search-path-kept': {
    object: functionPod('packaged', {
      spec: {
        containers: [
          {
            name: 'function',
            image: 'auto',
            command: ['python3', 'work.py'],
            env: [{ name: 'PYTHONPATH', value: '/own' }],
          },
        ],
      },
      annotations: { [ANNOTATIONS.runtime]: 'python312' },
    }),
  },
  'runtime-deprecated': { object: bad({ [ANNOTATIONS.runtime]: 'nodejs20' }) },
  'dependencies-float': { object: source('ranged', { 'package.json': '{ "dependencies": { "dayjs": "^1.11.13" } }' }) },
  'dependencies-invalid': {
    object: source('broken', { 'package.json': '{ "dependencies": [ }' }),
    labels: { [POLICY_LABELS.enforce]: 'off', [POLICY_LABELS.warn]: 'no-latest' },
  },
  'credential-in-source': {
    object: source('told', {
      'package.json': '{ "dependencies": { "dayjs": "1.11.13" } }',
      '.npmrc': '//npm.example.com/:_authToken=npm_0123456789abcdef\n',
    }),
  },
  'source-missing-yet': { object: deployment('late', 0) },
  'revision-missing-yet': {
    object: functionDeployment('hello', {}, { [REVISION_ANNOTATION]: 'files:hello-0123456789' }),
  },
  'revision-ignored': { object: bad({ [REVISION_ANNOTATION]: 'files:other-0123456789' }) },
  'source-floats': { object: bad({ [ANNOTATIONS.source]: 'git+https://git.example/shop.git?ref=main' }) },
  'image-floats': {
    object: functionPod('hello', { spec: { containers: [{ name: 'function', image: 'node:22.23.3-slim' }] } }),
    labels: { [POLICY_LABELS.warn]: 'locked' },
  },
};

const NOT_WARNED: Partial<Record<WarningCode, string>> = {
  'licence-unknown': 'test/licences/admission.test.ts: the shipped configuration has no list of licences',
  'source-unreachable': 'outages.test.ts has it as a refusal',
  'namespace-unreachable': 'outages.test.ts has it as a refusal',
  'profile-narrowed': 'limits.test.ts, in a namespace with a LimitRange',
  'quota-unmet': 'test/inject/resources.test.ts: the API server refuses such a Pod itself',
  'misspelt-key': 'the command has it, not the webhook',
  'key-without-function': 'the command has it, not the webhook',
  'image-auto-without-function': 'the command has it, not the webhook',
  'too-complex': 'test/hostile: larger than a command line that a person reads',
  'revision-kept': 'stamping.test.ts, while a controller holds its Lease',
  'knative-init-containers': 'the command has it, not the webhook',
  'existing-pods': 'a label of a Namespace: only.test.ts',
  'policy-floor': 'the shipped configuration has no floor',
  'unknown-label': 'a label of a Namespace: see below',
  'unknown-policy-level': 'refused where it is written: see below',
  'release-age-unknown': 'test/release-age/judge.test.ts: the resolver finds it',
  'release-age-unchecked': 'test/admission/release-age.test.ts: the shipped configuration has no minimum age',
  'exception-used': 'exceptions.test.ts: the shipped configuration has no exception',
  'release-age-kept': 'test/admission/namespaces.test.ts: the shipped configuration has no minimum age',
  'unknown-release-age': 'refused where it is written: test/admission/namespaces.test.ts',
};

const golden = (name: string): string => path.join(import.meta.dirname, 'printed', name);

describe('what kubectl prints', () => {
  given(() => installWebhook());

  const prepared = async (labels: Record<string, string>): Promise<string> => {
    const namespace = await createNamespace({ ...OPTED_IN, ...labels });
    const unlabelled = { ...source('unlabelled'), metadata: { name: 'unlabelled' } };
    const packaged = {
      ...source('packaged'),
      data: { 'handler.py': 'def main(event, context): ...', 'requirements.txt': 'humanize==4.9.0\n' },
    };
    await kubectlOk(['create', '-n', namespace, '-f', '-'], listOf(source('hello'), unlabelled, packaged));
    return namespace;
  };

  it('of every refusal is what to change, and where', async () => {
    const namespace = await prepared({});
    let text = '';
    for (const [code, object] of Object.entries(REFUSED)) {
      const { status, stderr } = await kubectl(['create', '-n', namespace, '-f', '-'], object);
      expect(stderr).toContain(`[${code}]`);
      expect(status).toBe(1);
      text += `# ${code}\n${stderr.replaceAll(namespace, 'NAMESPACE')}\n`;
    }
    await expect(text).toMatchFileSnapshot(golden('refusals.txt'));
    expect(Object.keys({ ...REFUSED, ...NOT_HERE }).sort()).toEqual(Object.keys(REFUSALS).sort());
  });

  it('of every warning is what to change, and where, and the object is admitted', async () => {
    let text = '';
    for (const [code, { object, labels = {} }] of Object.entries(WARNED)) {
      const namespace = await prepared(labels);
      const { status, stderr } = await kubectl(['create', '-n', namespace, '-f', '-'], object);
      expect(stderr).toContain(`[${code}]`);
      expect(status).toBe(0);
      text += `# ${code}\n${stderr.replaceAll(namespace, 'NAMESPACE')}\n`;
    }
    await expect(text).toMatchFileSnapshot(golden('warnings.txt'));
    expect(Object.keys({ ...WARNED, ...NOT_WARNED }).sort()).toEqual(Object.keys(WARNINGS).sort());
  });

  it('of a Namespace is its label that means nothing, opted in or not', async () => {
    const namespace = await createNamespace({});
    const label = (text: string): ReturnType<typeof kubectl> => kubectl(['label', 'namespace', namespace, text]);
    const level = await label(`${POLICY_LABELS.enforce}=lokced`);
    expect(level.status).toBe(1);
    expect(level.stderr).toContain('"lokced" is not a level; did you mean locked?');
    const optIn = await label('buildless.dev/functions=true');
    expect(optIn.status).toBe(0);
    expect(optIn.stderr).toContain('"true" does not turn Functions on here; write enabled');
    expect((await label('team=shop')).stderr).toBe('');
  });

  it('of the example that floats is the line of package.json and the version to write', async () => {
    const namespace = await createNamespace(RESTRICTED);
    const { status, stderr } = await kubectl(['apply', '-n', namespace, '-f', 'examples/floating']);
    expect(status).toBe(1);
    expect(stderr).toMatch(/package\.json:\d+:\d+: .*axios/);
    expect(readFileSync(path.join(ROOT, 'examples/floating/function.yaml'), 'utf8')).toContain('latest');
  });

  it.withControllers('of a refused Pod of a Deployment stands in the events of its ReplicaSet', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await kubectlOk(['create', '-n', namespace, '-f', '-'], deployment('lost', 1));
    const args = ['wait', 'deployment/lost', '-n', namespace, '--for=condition=ReplicaFailure', '--timeout=30s'];
    expect((await kubectl(args)).status).toBe(0);
    const reason = await kubectlOk([
      'get',
      'deployment',
      'lost',
      '-n',
      namespace,
      '-o',
      'jsonpath={.status.conditions[?(@.type=="ReplicaFailure")].message}',
    ]);
    expect(reason).toContain('[source-not-found]');
  });

  it("is not all: the API server's audit log has what became of each Function, and why", async (context) => {
    const { auditLog } = cluster();
    if (auditLog === undefined) return context.skip('the audit log of this cluster is not ours to read');
    const namespace = await prepared({});
    await kubectlOk(['create', '-n', namespace, '-f', '-'], functionPod('hello'));
    await kubectl(['create', '-n', namespace, '-f', '-'], bad({ [ANNOTATIONS.profile]: 'XXL' }));
    const annotations = await eventually(
      () => Promise.resolve(auditAnnotations(readFileSync(auditLog, 'utf8'), namespace, 'pods')),
      (found) => found.length === 2,
    );
    expect(annotations).toMatchObject([
      { 'pods.mutate.buildless.dev/outcome': 'injected' },
      { 'pods.mutate.buildless.dev/outcome': 'refused', 'pods.mutate.buildless.dev/codes': 'unknown-profile' },
    ]);
  });
});

/** What webhooks and plugins noted on each creation of a resource in a namespace, in its order. */
function auditAnnotations(log: string, namespace: string, resource: string): readonly unknown[] {
  const events: unknown[] = log
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line): unknown => JSON.parse(line));
  return events
    .filter(
      (event) => at(event, 'objectRef', 'namespace') === namespace && at(event, 'objectRef', 'resource') === resource,
    )
    .map((event) => at(event, 'annotations'));
}
