import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replaceParts, type EditedDocument, type Replacement } from '../../src/manifests/edit.ts';
import type { ManifestDocument } from '../../src/manifests/documents.ts';
import { isObject, type KubernetesObject } from '../../src/kubernetes/object.ts';
import { findTemplates, withValueAt, type Path } from '../../src/manifests/templates.ts';
import { writeJson, writeYaml } from '../../src/manifests/write.ts';
import { documentOf, documentsOf } from './parsed.ts';

/** An edit that can be written. */
function replaced(document: ManifestDocument, replacements: readonly Replacement[]): EditedDocument {
  const result = replaceParts(document, replacements);
  if ('unwritable' in result) throw new Error(result.unwritable.problem);
  return result;
}

/** Each template of the text becomes what the function makes of it. */
function edited(text: string, change: (template: KubernetesObject) => object): string {
  return writeYaml(
    documentsOf(text).map((document) =>
      replaced(
        document,
        findTemplates(document.object).map(({ path, template }) => ({ path, template: change(template) })),
      ),
    ),
  );
}

/** What injection does, in small: more labels, a volume, an init container, fields of the first container. */
function inject(template: KubernetesObject): object {
  const spec = isObject(template.spec) ? template.spec : {};
  const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
  const [first, ...others] = list(spec.containers);
  return {
    ...template,
    metadata: { ...(isObject(template.metadata) && template.metadata), annotations: { status: '{"a":1}' } },
    spec: {
      ...spec,
      containers: [
        { ...(isObject(first) && first), image: 'node:22.1', resources: { limits: { cpu: '1' } } },
        ...others,
      ],
      volumes: [...list(spec.volumes), { name: 'app', emptyDir: { sizeLimit: '1Gi' } }],
      initContainers: [...list(spec.initContainers), { name: 'prepare', command: ['yes', '0440', 'a: b'] }],
    },
  };
}

describe('replaceParts', () => {
  it('adds lines and changes nothing else: comments, order, spacing and unknown fields stay', () => {
    const text = `# A shop.
apiVersion: apps/v1   # stable
kind: Deployment
metadata: {name: shop,   labels: {app: 'shop'}}

spec:
  replicas: 0x2
  template:
    metadata:
      labels:
        app: shop   # the label


    spec:
      containers:
      - name: function      # the Function
        image: "auto"       # by Buildless
        resources: {}       # of the profile
        x-unknown: 0440
        # nothing follows
      # the end of containers
      volumes:
      - {name: mine,   emptyDir: {}}
  strategy: {}
status: {}
`;
    expect(edited(text, inject)).toBe(`# A shop.
apiVersion: apps/v1   # stable
kind: Deployment
metadata: {name: shop,   labels: {app: 'shop'}}

spec:
  replicas: 0x2
  template:
    metadata:
      labels:
        app: shop   # the label
      annotations:
        status: '{"a":1}'


    spec:
      containers:
      - name: function      # the Function
        image: "node:22.1"       # by Buildless
        resources:
          limits:
            cpu: "1"       # of the profile
        x-unknown: 0440
        # nothing follows
      # the end of containers
      volumes:
      - {name: mine,   emptyDir: {}}
      - name: app
        emptyDir:
          sizeLimit: 1Gi
      initContainers:
      - name: prepare
        command:
        - "yes"
        - "0440"
        - "a: b"
  strategy: {}
status: {}
`);
  });

  it('indents lists as the author does, and ends a last line that has no end', () => {
    const text = 'apiVersion: v1\nkind: Pod\nspec:\n    containers:\n        - name: a';
    expect(edited(text, inject)).toBe(`apiVersion: v1
kind: Pod
spec:
    containers:
        - name: a
          image: node:22.1
          resources:
            limits:
              cpu: "1"
    volumes:
      - name: app
        emptyDir:
          sizeLimit: 1Gi
    initContainers:
      - name: prepare
        command:
          - "yes"
          - "0440"
          - "a: b"
metadata:
  annotations:
    status: '{"a":1}'
`);
  });

  it('adds behind a block text, and inside of braces', () => {
    const text = `apiVersion: v1
kind: Pod
metadata: {name: a, labels: {b: c}}
spec:
  containers:
    - name: a
      command:
        - sh
        - |
          echo "hello"

          exit 0
  # no volumes yet
`;
    const result = edited(text, inject);
    expect(result).toContain('metadata: {name: a, labels: {b: c}, "annotations": {"status":"{\\"a\\":1}"}}\n');
    expect(result).toContain('          exit 0\n      image: node:22.1\n');
    expect(documentOf(result).object).toMatchObject({
      spec: { containers: [{ command: ['sh', 'echo "hello"\n\nexit 0\n'] }] },
    });
  });

  it('leaves every other document and the separators as they were', () => {
    const service = '---\n# a comment\napiVersion:   v1\nkind: Service   # as it was\n';
    const pod = 'apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: a\n';
    const result = edited(`${pod}${service}---\n${pod}${service}...\n`, inject);
    expect(result.split(service)).toHaveLength(3);
    expect(result.endsWith('...\n')).toBe(true);
    expect(documentsOf(result).map(({ object }) => object.kind)).toEqual(['Pod', 'Service', 'Pod', 'Service']);
  });

  it('gives the very text back where nothing changes', () => {
    const text = 'kind:   Pod\napiVersion: v1\nspec: { containers: [ ] }\n';
    expect(edited(text, (template) => ({ ...template }))).toBe(text);
    const document = documentOf(text);
    expect(replaced(document, [{ path: [], template: document.object }])).toBe(document);
  });

  it('writes aliases out where a change would reach another place, and keeps the comments', () => {
    const text = `apiVersion: v1
kind: List
items:
  - apiVersion: apps/v1
    kind: Deployment
    metadata: {name: one, labels: &labels {app: one}}
    spec:
      template: &template
        metadata:
          labels: *labels # the same
        spec:
          containers:
            - &container {name: a, image: b}
  - apiVersion: apps/v1
    kind: Deployment
    metadata: {name: two}
    spec:
      template: *template
  - apiVersion: v1
    kind: Pod
    spec:
      containers:
        - <<: *container
          image: c
`;
    const first = documentOf(text);
    const path: Path = ['items', 0, 'spec', 'template'];
    const result = replaced(first, [{ path, template: inject(findTemplates(first.object)[0]?.template ?? {}) }]);
    const { object } = documentOf(result.text);
    expect(object).toEqual(result.object);
    expect(findTemplates(object)[1]?.template).toEqual(findTemplates(first.object)[1]?.template);
    expect(findTemplates(object)[2]?.template).toEqual(findTemplates(first.object)[2]?.template);
    expect(findTemplates(object)[0]?.template).not.toEqual(findTemplates(first.object)[0]?.template);
    expect(result.text).toContain('# the same');
    expect(result.text).not.toMatch(/[&*](labels|template|container)\b/);
  });

  it('changes what a merge key brought in, in one place only', () => {
    const text = `apiVersion: v1
kind: Pod
defaults: &defaults
  labels: {a: b}
metadata:
  <<: *defaults # as above
spec: {} # later
`;
    const document = documentOf(text);
    const template = { ...document.object, metadata: { labels: { a: 'c', d: 'e' } } };
    const { text: result } = replaced(document, [{ path: [], template }]);
    expect(documentOf(result).object).toEqual({ ...template, defaults: { labels: { a: 'b' } } });
    expect(result).toContain('# later');
  });

  it('finds a key that YAML does not read as a text', () => {
    const text = 'apiVersion: v1\nkind: Pod\nmetadata: {labels: {8080: x, yes: y}}\nspec: &a {}\nstatus: *a\n';
    const change = (template: KubernetesObject): object => ({ ...template, metadata: { labels: { '8080': 'z' } } });
    const result = edited(text, change);
    expect(documentOf(result).object).toMatchObject({ metadata: { labels: { '8080': 'z' } } });
    expect(result.match(/8080/g)).toHaveLength(1);
    expect(result).not.toContain('yes');
  });

  it('keeps aliases that the change does not touch', () => {
    const text = 'apiVersion: v1\nkind: Pod\nmetadata: {labels: &l {a: b}}\nextra: *l\nspec: {containers: []}\n';
    expect(edited(text, (template) => ({ ...template, spec: { containers: [{ name: 'a' }] } }))).toBe(
      'apiVersion: v1\nkind: Pod\nmetadata: {labels: &l {a: b}}\nextra: *l\nspec: {containers: [{"name":"a"}]}\n',
    );
  });

  it('removes what the new template does not have', () => {
    const text = 'apiVersion: v1\nkind: Pod\nspec:\n  # kept\n  a: 1\n  b: [1, 2, 3]\n';
    const result = edited(text, (template) => ({ ...template, spec: { b: [1] } }));
    expect(documentOf(result).object).toEqual({ apiVersion: 'v1', kind: 'Pod', spec: { b: [1] } });
  });

  it('turns JSON into YAML that a person can read', () => {
    const text = '{"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"name": "a"}]}}\n';
    const result = edited(text, inject);
    expect(result).toMatch(/^apiVersion: v1\nkind: Pod\nspec:\n {2}containers:\n {4}- name: a\n/);
  });

  it('keeps Windows line ends', () => {
    const text = 'apiVersion: v1\r\nkind: Pod\r\nspec:\r\n  a: 1\r\n';
    expect(edited(text, (template) => ({ ...template, spec: { a: 1, b: [2, '0o440'] } }))).toBe(
      'apiVersion: v1\r\nkind: Pod\r\nspec:\r\n  a: 1\r\n  b:\r\n    - 2\r\n    - "0o440"\r\n',
    );
  });

  it('leaves out what is undefined', () => {
    const text = 'apiVersion: v1\nkind: Pod\nspec: {}\n';
    const result = edited(text, (template) => ({ ...template, spec: { a: undefined, b: 1 } }));
    expect(result).toBe('apiVersion: v1\nkind: Pod\nspec:\n  b: 1\n');
  });

  it('always says what it should, whatever the template and its replacement are', { timeout: 60_000 }, () => {
    const value = fc.letrec((tie) => ({
      leaf: fc.oneof(
        fc.string({ maxLength: 6 }),
        fc.constantFrom('yes', '0440', '~', '- a', 'a: b', '#', 'a\nb\n', ' ', '<<'),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
      ),
      key: fc.constantFrom('a', 'b', 'c', 'yes', '1', 'x y', '#'),
      tree: fc.oneof(
        { depthSize: 'small' },
        tie('leaf'),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('a', 'b', 'c', 'yes', '1', 'x y', '#'), tie('tree'), { maxKeys: 4 }),
      ),
    })).tree;
    fc.assert(
      fc.property(value, value, (before, after) => {
        const pod = { apiVersion: 'v1', kind: 'Pod', spec: before, status: {} };
        const text = edited(writeJsonAsYaml(pod), (template) => ({ ...template, spec: after }));
        expect(documentOf(text).object).toEqual(JSON.parse(JSON.stringify({ ...pod, spec: after })));
      }),
      { numRuns: 500 },
    );
  });
});

/** Block YAML of a value, by way of an edit of JSON. */
function writeJsonAsYaml(object: KubernetesObject): string {
  const document = documentOf(JSON.stringify({ ...object, spec: { placeholder: 1 } }));
  return replaced(document, [{ path: [], template: object }]).text;
}

describe('writing', () => {
  it('puts a separator between files where there is none', () => {
    const one = documentsOf('apiVersion: v1\nkind: Pod', 'one.yaml');
    const two = documentsOf('# two\n\n---\napiVersion: v1\nkind: Secret\n', 'two.yaml');
    const three = documentsOf('# three\napiVersion: v1\nkind: Node\n', 'three.yaml');
    expect(writeYaml([...one, ...two, ...three])).toBe(
      'apiVersion: v1\nkind: Pod\n# two\n\n---\napiVersion: v1\nkind: Secret\n---\n# three\napiVersion: v1\nkind: Node\n',
    );
    expect(writeYaml([])).toBe('');
  });

  it('writes one object as JSON, and several as a List without Lists in it', () => {
    const pod = documentOf('apiVersion: v1\nkind: Pod\nmode: 0440\n');
    expect(JSON.parse(writeJson([pod]))).toEqual({ apiVersion: 'v1', kind: 'Pod', mode: 288 });
    const list = documentOf('apiVersion: v1\nkind: List\nitems: [{kind: A}, {kind: B}]\n');
    expect(JSON.parse(writeJson([list, pod]))).toEqual({
      apiVersion: 'v1',
      kind: 'List',
      items: [{ kind: 'A' }, { kind: 'B' }, pod.object],
    });
    expect(withValueAt(pod.object, [], { a: 1 })).toEqual({ a: 1 });
  });
});

describe('replaceParts, of texts', () => {
  /** Each `1.0.0` of a ConfigMap's data becomes `1.10.0`. */
  function updated(text: string): string {
    const document = documentOf(text);
    const data = isObject(document.object.data) ? document.object.data : {};
    const template = {
      ...document.object,
      data: Object.fromEntries(
        Object.entries(data).map(([key, value]) => [key, String(value).replaceAll('1.0.0', '1.10.0')]),
      ),
    };
    return replaced(document, [{ path: [], template }]).text;
  }

  it.each([
    [
      'a block with its indentation, its comments and its empty lines',
      [
        'package.json: |   # why',
        '      {',
        '        "a": "1.0.0",   ',
        '',
        '        "b": "2"',
        '      }',
        '  # next',
        '  x: z',
      ],
    ],
    ['a block without a last line end', ['a.txt: |-', '        a==1.0.0  # why', '        b==2']],
    ['a block that tells its indentation', ['a.txt: |2', '      a==1.0.0', '    b==2']],
    ['single quotes', ['package.json: \'{ "a": "1.0.0" }\' # it\'\'s']],
    ['double quotes', ['package.json: "{ \\"a\\": \\"1.0.0\\" }"']],
    ['plain text', ['a.txt:   a==1.0.0   # why']],
  ])('changes only the characters that differ in %s', (_, lines) => {
    const text = [
      'apiVersion: v1',
      'kind: ConfigMap',
      'data:',
      ...lines.map((line, index) => (index === 0 ? `  ${line}` : line)),
      '',
    ].join('\n');
    expect(updated(text)).toBe(text.replaceAll('1.0.0', '1.10.0'));
    const windows = text.replaceAll('\n', '\r\n');
    expect(updated(windows)).toBe(windows.replaceAll('1.0.0', '1.10.0'));
  });
});
