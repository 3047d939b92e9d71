import { describe, expect, it } from 'vitest';
import { injectDocument } from '../../src/cli/actions/inject.ts';
import { DEFAULT_CONFIGURATION } from '../../src/config/defaults.ts';
import { offlineContext } from '../../src/admission/offline.ts';
import { writeYaml } from '../../src/manifests/write.ts';
import { documentsOf } from './parsed.ts';

/** Pod specs with features that few manifests use, each valid for the API server. */
const SPECS: Readonly<Record<string, string>> = {
  'projected volumes': `volumes:
  - name: all
    projected: {defaultMode: 0440, sources: [{serviceAccountToken: {path: t, expirationSeconds: 600}}, {downwardAPI: {items: [{path: l, fieldRef: {fieldPath: "metadata.labels['app']"}}]}}]}
containers: [{name: a, image: "x:1", volumeMounts: [{name: all, mountPath: /p}]}]`,
  subPathExpr: `containers:
  - name: a
    image: x:1
    env: [{name: N, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]
    volumeMounts: [{name: v, mountPath: /v, subPathExpr: $(N)}]
volumes: [{name: v, emptyDir: }]`,
  'nulls of Helm': `affinity:
nodeSelector: ~
tolerations: null
containers: [{name: a, image: x:1, env: , args: , resources: {}}]`,
  'anchors and merge keys': `containers:
  - &base {name: a, image: "x:1", env: &env [{name: A, value: b}]}
  - {<<: *base, name: b}
  - {<<: [*base], name: c, env: *env}`,
  'block scalars with tabs': `containers:
  - name: a
    image: x:1
    args:
      - |-
        all:
        \techo "# not a comment"   
        ---x
      - >+
        folded

`,
  'native sidecars and ephemeral ports': `initContainers: [{name: s, image: x:1, restartPolicy: Always, ports: [{containerPort: 0o17, protocol: SCTP}]}]
hostAliases: [{ip: "127.0.0.1", hostnames: [yes.example]}]
containers: [{name: a, image: x:1, command: ["on", 'off', "1e3"]}]`,
};

const OBJECTS: Readonly<Record<string, (spec: string) => string>> = {
  Pod: (spec) => `apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: , annotations: }\nspec:\n${indented(spec, 2)}`,
  Deployment: (spec) =>
    `apiVersion: apps/v1\nkind: Deployment\nmetadata:   {name: a}   # spaced\nspec:\n  template:\n    metadata: {labels: {team: }}\n    spec:\n${indented(spec, 6)}`,
  CronJob: (spec) =>
    `apiVersion: batch/v1\nkind: CronJob\nspec:\n  jobTemplate:\n    spec:\n      template:\n        metadata: {labels: , annotations: }\n        spec:\n${indented(spec, 10)}`,
  'a List': (spec) =>
    `apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  spec:\n${indented(spec, 4)}`,
  'a custom resource': (spec) =>
    `apiVersion: example.com/v1\nkind: Thing\nspec:\n  tasks:\n  - template:\n      metadata: {labels: {app: x}}\n      spec:\n${indented(spec, 8)}`,
};

const indented = (text: string, by: number): string => `${text.replaceAll(/^(?=.)/gm, ' '.repeat(by)).trimEnd()}\n`;

const WRITINGS: Readonly<Record<string, (document: string) => string>> = {
  'as it is': (document) => document,
  'with CRLF': (document) => document.replaceAll('\n', '\r\n'),
  'behind a byte order mark': (document) => `\uFEFF${document}`,
  'between empty documents and comments': (document) =>
    `# first\n---\n# empty\n--- # text\n${document}...\n# after\n---\n`,
  'twice in one file': (document) => `${document}---\n${document}`,
  'behind a directive': (document) => `%YAML 1.1\n---\n${document}`,
  'behind KYAML': (document) => `---\n{\n  apiVersion: "v1", # of the core\n  kind: "Service",\n}\n---\n${document}`,
  'behind a merge key of another document': (document) =>
    `apiVersion: v1\nkind: Service\nmetadata:\n  labels: &l {a: b}\n  annotations: {<<: *l}\n---\n${document}`,
  'before trailing spaces and lines': (document) => `${document}   \n\n\n# the end   \n`,
  'behind a JSON object': (document) => `{"apiVersion": "v1",\t"kind": "Service"}\n---\n${document}`,
};

const manifests = Object.entries(WRITINGS).flatMap(([writing, write]) =>
  Object.entries(OBJECTS).flatMap(([object, within]) =>
    Object.entries(SPECS).map(([feature, spec]) => ({ writing, object, feature, text: write(within(spec)) })),
  ),
);

describe('what is not a Function comes out byte for byte', () => {
  it('is tried with 300 manifests', () => {
    expect(new Set(manifests.map(({ text }) => text)).size).toBe(300);
  });

  it.each(manifests)('$object with $feature, $writing', async ({ text }) => {
    const documents = documentsOf(text);
    const context = offlineContext(documents, DEFAULT_CONFIGURATION);
    const injected = await Promise.all(documents.map((each) => injectDocument(each, context, 'default')));
    expect(injected.flatMap(({ refusals, warnings }) => [...refusals, ...warnings])).toEqual([]);
    expect(writeYaml(injected.map(({ edited }) => edited))).toBe(text);
  });
});
