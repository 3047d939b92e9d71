import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { buildless, ROOT } from './command.ts';
import { givenFolder } from './given-folder.ts';
import { onHostNetwork } from './host-network.ts';

const example = path.join(ROOT, 'examples/hello-node/function.yaml');
const folder = givenFolder();
const { write: file } = folder;

describe('buildless inject', () => {
  it('writes the whole input, injected, and says it again unchanged', async () => {
    const first = await buildless(['inject', '-f', example]);
    expect(first).toMatchObject({ status: 0, stderr: '' });
    expect(first.stdout).toContain('# A Function in Node.js');
    expect(first.stdout).toContain('name: buildless-install');
    const second = await buildless(['inject', '-f', '-'], first.stdout);
    expect(second).toEqual(first);
  });

  it('reads a folder, and standard input in a pipe', async () => {
    const fromFolder = await buildless(['inject', '-f', path.dirname(example)]);
    const fromPipe = await buildless(['inject', '-f', '-'], await readFile(example, 'utf8'));
    expect(fromFolder.stdout).toBe(fromPipe.stdout);
  });

  it('gives JSON as a List', async () => {
    const { stdout } = await buildless(['inject', '-f', example, '-o', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({
      kind: 'List',
      items: [{ kind: 'ConfigMap' }, { kind: 'Deployment' }, { kind: 'Service' }],
    });
  });

  it('gives a diff that has no colours in a pipe', async () => {
    const { stdout } = await buildless(['inject', '-f', example, '--output', 'diff']);
    expect(stdout).toMatch(/^--- .*function\.yaml$/m);
    expect(stdout).toMatch(/^\+ +- name: buildless-prepare$/m);
    expect(stdout).not.toContain('\u001b');
  });

  it('refuses with every reason on standard error and nothing on standard output', async () => {
    const manifest = await file('bad.yaml', onHostNetwork('nodejs21'));
    const { status, stdout, stderr } = await buildless(['inject', '-f', manifest]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toBe(
      `error: ${manifest}: document 1 (Deployment shop): spec.template.metadata.annotations[buildless.dev/runtime]: unknown runtime "nodejs21" [unknown-runtime]\n` +
        '       choose one of nodejs20, nodejs22, nodejs24, nodejs26, bun1, python311, python312, python313, python314\n',
    );
  });

  it('refuses dependencies that float', async () => {
    const { status, stdout, stderr } = await buildless(['inject', '-f', path.join(ROOT, 'examples/floating')]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/document 2 \(Pod floating\): package\.json:4:\d+: .*axios.*latest/);
  });

  it.each([
    ['malformed YAML', 'a: b: c\n', /broken\.yaml:1:4: /],
    ['a document that is not an object', '- 1\n', /broken\.yaml:1:1: /],
    ['a duplicate key', 'apiVersion: v1\nkind: Pod\nkind: Pod\n', /broken\.yaml:3:1: /],
  ])('%s is wrong input, with file, line and column', async (_what, text, place) => {
    const { status, stdout, stderr } = await buildless(['inject', '-f', await file('broken.yaml', text)]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(place);
  });

  it('a file that is not there is wrong input', async () => {
    const { status, stderr } = await buildless(['inject', '-f', path.join(folder.path, 'none.yaml')]);
    expect(status).toBe(2);
    expect(stderr).toContain('the file or folder does not exist');
  });

  it('takes runtimes and presets from a configuration', async () => {
    const config = await file('config.yaml', 'runtimes:\n  nodejs22:\n    image: registry.example/node:22.0.0\n');
    const { stdout } = await buildless(['inject', '-f', example, '--config', config]);
    const deployment = stdout.split(/^---$/m)[1] ?? '';
    expect(parse(deployment)).toMatchObject({
      spec: { template: { spec: { containers: [{ image: 'registry.example/node:22.0.0' }] } } },
    });
  });

  it('a bad configuration is wrong input, with line and column', async () => {
    const config = await file('bad-config.yaml', 'mode: buildless\nruntmes: {}\n');
    const { status, stderr } = await buildless(['inject', '-f', example, '--config', config]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/bad-config\.yaml:2:1: /);
  });
});
