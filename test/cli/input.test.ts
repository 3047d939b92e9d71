import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { buildless, COMMAND, ROOT } from './command.ts';
import { givenFolder } from './given-folder.ts';

const folder = givenFolder();
const { write: file } = folder;

const POD = `apiVersion: v1
kind: Pod
metadata:
  name: hello
  labels: { buildless.dev/function: hello }
  annotations: { buildless.dev/runtime: nodejs22 }
spec:
  containers: [{ name: function, image: auto }]
`;
const CONFIG_MAP = `apiVersion: v1
kind: ConfigMap
metadata: { name: hello, labels: { buildless.dev/function: hello } }
data: { handler.js: 'module.exports = { main: () => "hello" };' }
`;
const HELLO = `${CONFIG_MAP}---\n${POD}`;

describe('validate without manifests is wrong input', () => {
  it.each([
    ['empty input', ''],
    ['a file of comments', '# later\n---\n# more\n'],
  ])('%s', async (_, input) => {
    const { status, stdout, stderr } = await buildless(['validate', '-f', '-'], input);
    expect(status).toBe(2);
    expect(stderr).toContain('nothing to judge: the input has no manifests');
    expect(stdout).not.toContain('Nothing found');
  });

  it('a folder of values', async () => {
    await file('only-values/values.yaml', 'replicas: 1\n');
    const { status, stderr } = await buildless(['validate', path.join(folder.path, 'only-values')]);
    expect(status).toBe(2);
    expect(stderr).toContain('the folder has no manifests and is not the source of a Function');
  });

  it('a folder of folders, and the message names -R', async () => {
    await file('nested/one/hello.yaml', HELLO);
    const { status, stderr } = await buildless(['validate', '-f', path.join(folder.path, 'nested')]);
    expect(status).toBe(2);
    expect(stderr).toContain(
      'the folder has no manifests and is not the source of a Function\n       add -R to read its subfolders',
    );
  });
});

describe('validate of manifests without a Function', () => {
  it('says so and ends with 0, so that a pipeline over many folders goes on', async () => {
    await file('no-function/service.yaml', 'apiVersion: v1\nkind: Service\nmetadata: { name: a }\n');
    const { status, stdout, stderr } = await buildless(['validate', path.join(folder.path, 'no-function')]);
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: '0 Functions in 0 files looked at.\n',
      stderr: `${path.join(folder.path, 'no-function')}: a folder of manifests\nNo Functions: no Pod template and no ConfigMap of the input has the label buildless.dev/function.\n`,
    });
  });

  it('still warns about a label that cannot work where it is', async () => {
    const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: { name: a, labels: { buildless.dev/function: a } }
spec: { template: { spec: { containers: [{ name: function, image: nginx }] } } }
`;
    const { status, stdout } = await buildless(['validate', '-f', '-'], deployment);
    expect(status).toBe(0);
    expect(stdout).toContain('warning:');
  });

  it('with a broken file beside is wrong input', async () => {
    await file('broken/service.yaml', 'apiVersion: v1\nkind: Service\nmetadata: { name: a }\n');
    await file('broken/bad.yaml', 'apiVersion: v1\nkind: Pod\nspec: [\n');
    expect(await buildless(['validate', path.join(folder.path, 'broken')])).toMatchObject({ status: 2 });
  });
});

describe('a folder', () => {
  it('is read with its subfolders by -R, without node_modules and links back up', async () => {
    await file('deep/a/b/hello.yaml', HELLO);
    await file('deep/node_modules/x/package.json', '{"kind": 1}');
    await symlink(path.join(folder.path, 'deep'), path.join(folder.path, 'deep/a/up'));
    const { status, stdout } = await buildless(['validate', '-R', path.join(folder.path, 'deep')]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'Nothing found; 1 Function in 1 file looked at.\n' });
  });

  it('may have files that are not manifests: they are skipped, counted and named', async () => {
    await file('chart/values.yaml', 'replicas: 1\nimage: { tag: x }\n');
    await file('chart/Chart.yaml', 'apiVersion: v2\nname: hello\nversion: 1.0.0\n');
    await file('chart/tsconfig.json', '{\n  // comments\n  "a": 1 // more: [\n}\n');
    await file('chart/hello.yaml', HELLO);
    const chart = path.join(folder.path, 'chart');
    const { status, stdout } = await buildless(['validate', '-f', chart]);
    expect(status).toBe(0);
    expect(stdout).toBe(
      `Nothing found; 1 Function in 1 file looked at.\nSkipped 3 files that are not manifests: ${['Chart.yaml', 'tsconfig.json', 'values.yaml'].map((name) => path.join(chart, name)).join(', ')}\n`,
    );
    const json = JSON.parse((await buildless(['validate', '-f', chart, '-o', 'json'])).stdout) as {
      summary: { skipped: readonly string[] };
    };
    expect(json.summary.skipped).toHaveLength(3);
    const injected = await buildless(['inject', chart]);
    expect(injected).toMatchObject({ status: 0, stdout: expect.stringContaining('buildless-prepare') as string });
    expect(injected.stderr).toContain('Skipped 3 files');
  });

  it('with one bad file still shows what is wrong with the others', async () => {
    await file('mixed/bad.yaml', 'apiVersion: v1\nkind: Pod\nspec: [\n');
    await file('mixed/hello.yaml', POD.replace('nodejs22', 'nodejs99'));
    const { status, stdout, stderr } = await buildless(['validate', '-f', path.join(folder.path, 'mixed')]);
    expect(status).toBe(2);
    expect(stderr).toContain('mixed/bad.yaml:4:1');
    expect(stdout).toContain('nodejs99');
  });
});

describe('a file', () => {
  it('that is named is expected to be a manifest', async () => {
    const values = await file('values.yaml', 'replicas: 1\n');
    const { status, stderr } = await buildless(['validate', values]);
    expect(status).toBe(2);
    expect(stderr).toContain('this object has no apiVersion and no kind');
  });

  it('may have JSON objects one after the other, as jq and kubectl write them', async () => {
    const json = `${JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'hello' }, data: { 'handler.js': 'x' } })}
${JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'hello', labels: { 'buildless.dev/function': 'hello' }, annotations: { 'buildless.dev/runtime': 'nodejs99' } }, spec: { containers: [{ name: 'function' }] } }, undefined, 2)}{"apiVersion":"v1","kind":"Service"}`;
    const { stdout } = await buildless(['validate', '-f', '-'], json);
    expect(stdout).toMatch(/^\(standard input\):11:\d+: error: .*nodejs99/m);
  });

  it.each(['utf16le', 'utf16be'] as const)('may be %s with a byte order mark, which lock keeps', async (encoding) => {
    const bytes = Buffer.from(`\uFEFF${CONFIG_MAP.replace(' }\n', ', package.json: "{}" }\n')}---\n${POD}`, 'utf16le');
    const manifest = await file(`${encoding}.yaml`, encoding === 'utf16le' ? bytes : bytes.swap16());
    expect(await buildless(['validate', manifest])).toMatchObject({ status: 0 });
    const before = await readFile(manifest);
    await buildless(['lock', manifest, '--write']);
    expect((await readFile(manifest)).subarray(0, 2)).toEqual(before.subarray(0, 2));
    expect(await buildless(['validate', manifest])).toMatchObject({ status: 0 });
  });

  it('that is neither UTF-8 nor marked as UTF-16 is refused instead of damaged', async () => {
    const manifest = await file('latin1.yaml', Buffer.from(`# caf\xe9\n${HELLO}`, 'latin1'));
    const { status, stderr } = await buildless(['validate', manifest]);
    expect(status).toBe(2);
    expect(stderr).toContain('the file is not valid UTF-8');
  });

  it('may use an alias more than 100 times', async () => {
    const items = Array.from({ length: 500 }, (_, n) => `    - { name: V${n}, value: *v }`).join('\n');
    const pod = POD.replace(
      '  containers: [{ name: function, image: auto }]\n',
      `  containers:\n  - name: function\n    image: auto\n    env:\n    - { name: FIRST, value: &v x }\n${items}\n`,
    );
    expect(await buildless(['validate', '-f', '-'], `${CONFIG_MAP}---\n${pod}`)).toMatchObject({ status: 0 });
  });

  it('may have a merge key in any document', async () => {
    const merged = `apiVersion: v1\nkind: Service\nmetadata:\n  labels: &l { a: b }\n  annotations: { <<: *l }\n`;
    const input = `${HELLO}---\n${merged}---\n${merged}`;
    const { status, stdout } = await buildless(['inject', '-f', '-'], input);
    expect(status).toBe(0);
    expect(stdout.endsWith(`---\n${merged}---\n${merged}`)).toBe(true);
  });

  it('with a ConfigMap that the API server would refuse for its size is refused', async () => {
    const large = CONFIG_MAP.replace("'module", `'//${'x'.repeat(1024 * 1024)}\\nmodule`);
    const { status, stdout } = await buildless(['validate', '-f', '-'], `${large}---\n${POD}`);
    expect(status).toBe(1);
    expect(stdout).toContain('the ConfigMap has 1025 KiB, and Kubernetes allows 1024 KiB [source-invalid]');
  });
});

describe('output that nobody reads to its end', () => {
  it.each([['inject', 'examples/hello-node'], ['--help'], ['validate', '-o', 'json', 'examples/floating']])(
    'ends %s quietly',
    async (...args) => {
      const child = spawn('sh', ['-c', '"$@" | true', 'sh', process.execPath, COMMAND, ...args], { cwd: ROOT });
      const [stderr] = await Promise.all([text(child.stderr), once(child, 'close')]);
      expect(stderr).not.toMatch(/EPIPE|at .*\.mjs/);
    },
  );
});
