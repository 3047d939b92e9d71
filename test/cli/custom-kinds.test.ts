/** Kinds that no list names: their templates are found by their shape, at any path. */
import { describe, expect, it } from 'vitest';
import { buildless } from './command.ts';

const TEMPLATE = `metadata: { labels: { buildless.dev/function: hello }, annotations: { buildless.dev/runtime: nodejs22 } }
spec: { containers: [{ name: function, image: auto }], restartPolicy: Never }`;
const indented = (spaces: number): string => TEMPLATE.replaceAll(/^/gm, ' '.repeat(spaces));

const SOURCE = `apiVersion: v1
kind: ConfigMap
metadata: { name: hello, namespace: shop, labels: { buildless.dev/function: hello } }
data:
  handler.js: "module.exports = { main: () => 'hello' };"
  package.json: '{ "dependencies": { "ms": "latest" } }'
`;
const object = (kind: string, spec: string): string =>
  `---\napiVersion: a.example/v1\nkind: ${kind}\nmetadata: { name: ours, namespace: shop }\nspec:\n${spec}\n`;

const KINDS = {
  JobSet: `  replicatedJobs:\n    - name: a\n      template:\n        spec:\n          template:\n${indented(12)}`,
  ScaledJob: `  jobTargetRef:\n    template:\n${indented(6)}`,
  DeploymentConfig: `  template:\n${indented(4)}`,
  PyTorchJob: `  pytorchReplicaSpecs:\n    Worker:\n      template:\n${indented(8)}`,
} as const;

describe.each(Object.entries(KINDS))('the template of a %s', (kind, spec) => {
  const manifest = object(kind, spec);

  it('is found by validate', async () => {
    const { status, stdout } = await buildless(['validate', '-f', '-'], SOURCE + manifest);
    expect(status).toBe(1);
    expect(stdout).toContain('"ms" is "latest"');
    expect(stdout).toContain('1 Function in 1 file looked at');
  });

  it('is injected', async () => {
    const good = SOURCE.replace('latest', '2.1.3');
    const { status, stdout } = await buildless(['inject', '-f', '-'], good + manifest);
    expect(status).toBe(0);
    expect(stdout).toContain('buildless-prepare');
    expect(stdout).not.toContain('image: auto');
  });

  it('tells lock which source is meant', async () => {
    // Only the template names it.
    const source = SOURCE.replace(', labels: { buildless.dev/function: hello }', '').replace(
      'latest',
      'no such version',
    );
    const { status, stdout, stderr } = await buildless(['lock', '-f', '-'], source + manifest);
    expect(status).not.toBe(0);
    expect(stdout + stderr).toContain('ConfigMap hello');
  });
});

describe('an Argo Workflow, which has no Pod template', () => {
  const workflow = `---
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: { name: ours, namespace: shop, labels: { buildless.dev/function: hello } }
spec:
  entrypoint: main
  templates:
    - name: main
      container: { image: auto }
`;

  it.each([
    ['validate', ['validate', '-f', '-']],
    ['run', ['run', '-f', '-']],
    ['lock', ['lock', '-f', '-']],
  ])('is a warning of %s, not silence', async (_, args) => {
    const { stdout, stderr } = await buildless(args, workflow);
    expect(stdout + stderr).toContain('so this Workflow is not a Function [key-without-function]');
  });
});
