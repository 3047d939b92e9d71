import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Log } from 'sarif';
import { buildless, ROOT } from './command.ts';
import { givenFolder } from './given-folder.ts';
import { onHostNetwork } from './host-network.ts';

const folder = givenFolder();
const { write: file } = folder;

const FLOATING = 'examples/floating/function.yaml';

describe('buildless validate', () => {
  it('shows line and column in the manifest, and in the file inside of it', async () => {
    const { status, stdout, stderr } = await buildless(['validate', '-f', FLOATING]);
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    // The sentence itself is the rule's (test/dependencies/npm).
    expect(stdout).toMatch(
      /^examples\/floating\/function\.yaml:15:18: error: package\.json:4:14: "axios" is "latest", a tag.* \[dependencies-float, no-latest\]\n {4}write one version, .*\n1 error, 0 warnings; 1 Function in 1 file looked at\.\n$/,
    );
  });

  it('finds nothing in what the webhook would admit', async () => {
    const { status, stdout } = await buildless(['validate', '-f', 'examples/hello-node', 'examples/hello-python']);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: 'Nothing found; 2 Functions in 2 files looked at.\n',
    });
  });

  it('shows definition, security and dependencies of a template at once, in the order of the file', async () => {
    const manifest = await file(
      'shop.yaml',
      `${onHostNetwork('python312')}---
apiVersion: v1
kind: ConfigMap
metadata: { name: shop }
data:
  handler.py: "def main(event, context): return 'x'"
  requirements.txt: |
    # what we need
    requests
    flask==3.*
`,
    );
    const { status, stdout } = await buildless(['validate', '-f', manifest, '-o', 'json']);
    expect(status).toBe(1);
    const report = JSON.parse(stdout) as { findings: Record<string, unknown>[]; summary: unknown };
    expect(
      report.findings.map(({ severity, line, column, code, object }) => [severity, line, column, code, object]),
    ).toEqual([
      ['warning', 8, 20, 'source-unlabelled', 'Deployment shop'],
      ['error', 10, 20, 'security-contradiction', 'Deployment shop'],
      ['error', 20, 5, 'dependencies-float', 'ConfigMap shop'],
      ['warning', 21, 5, 'dependencies-float', 'ConfigMap shop'],
    ]);
    expect(report.summary).toEqual({ errors: 2, warnings: 2, notes: 0, judged: 1, files: [manifest], skipped: [] });
  });

  it("warns of a missing lock as the cluster does, which resolves one, unless it is asked for the author's", async () => {
    const text = `apiVersion: v1
kind: Namespace
metadata: { name: strict, labels: { buildless.dev/dependencies-enforce: locked } }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: x, namespace: strict, labels: { buildless.dev/function: x } }
data: { handler.js: "", package.json: '{"dependencies":{"axios":"1.7.9"}}' }
`;
    const asTheCluster = await buildless(['validate', '-f', '-'], text);
    expect(asTheCluster.status).toBe(0);
    expect(asTheCluster.stdout).toContain('warning: package.json: package-lock.json is missing');
    const asked = await buildless(['validate', '-f', '-', '--level', 'locked'], text);
    expect(asked.status).toBe(1);
    expect(asked.stdout).toContain('error: package.json: package-lock.json is missing');
  });

  it('finds the ConfigMap of several that a finding is about', async () => {
    const text = `apiVersion: v1
kind: ConfigMap
metadata: { name: code }
data: { handler.js: "" }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: packages }
data: { package.json: '{"dependencies":{"axios":"*"}}' }
---
apiVersion: v1
kind: Pod
metadata:
  name: x
  labels: { buildless.dev/function: x }
  annotations: { buildless.dev/runtime: nodejs22, buildless.dev/source: configmap:code+packages }
spec: { containers: [{ name: function, image: auto }] }
`;
    const { status, stdout } = await buildless(['validate', '-f', '-', '-o', 'json'], text);
    expect(status).toBe(1);
    const report = JSON.parse(stdout) as { findings: Record<string, unknown>[] };
    const errors = report.findings.filter(({ severity }) => severity === 'error');
    expect(errors.map(({ line, object }) => [line, object])).toEqual([[9, 'ConfigMap packages']]);
  });

  it('takes the levels of the Namespaces in the input, unless the command line has one', async () => {
    const text = (level: string): string => `apiVersion: v1
kind: Namespace
metadata: { name: strict, labels: { buildless.dev/dependencies-enforce: ${level} } }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: x, namespace: strict, labels: { buildless.dev/function: x } }
data: { handler.js: "", package.json: '{"dependencies":{"axios":"^1.0.0"}}' }
`;
    const exact = await buildless(['validate', '-f', '-'], text('exact'));
    expect(exact.status).toBe(1);
    expect(exact.stdout).toMatch(/^\(standard input\):8:65: error: package\.json:1:26: "axios" is "\^1\.0\.0"/);
    expect((await buildless(['validate', '-f', '-'], text('no-latest'))).status).toBe(0);
    expect((await buildless(['validate', '-f', '-', '--level', 'no-latest'], text('exact'))).status).toBe(0);
    const unknown = await buildless(['validate', '-f', '-'], text('strict'));
    expect(unknown.stdout).toContain(
      '(standard input):3:73: warning: metadata.labels[buildless.dev/dependencies-enforce]: "strict" is not a level, so "locked" is used',
    );
  });

  it('warns of a template without its source, and refuses a Pod without it', async () => {
    const meta = `metadata: { name: x, labels: { buildless.dev/function: x }, annotations: { buildless.dev/runtime: nodejs22 } }`;
    const spec = 'spec: { containers: [{ name: function, image: auto }] }';
    const job = await buildless(
      ['validate', '-f', '-'],
      `apiVersion: batch/v1\nkind: Job\nmetadata: { name: x }\nspec:\n  template:\n    ${meta}\n    ${spec}\n`,
    );
    expect(job.status).toBe(0);
    expect(job.stdout).toContain('[source-missing-yet]');
    const pod = await buildless(['validate', '-f', '-'], `apiVersion: v1\nkind: Pod\n${meta}\n${spec}\n`);
    expect(pod.status).toBe(1);
    expect(pod.stdout).toContain('[source-not-found]');
  });

  it('judges a folder that has dependencies and no manifest', async () => {
    await file('plain/package.json', '{\n  "dependencies": { "axios": "*" }\n}\n');
    await file('plain/node_modules/x/package.json', '{"dependencies":{"y":"*"}}');
    await file('plain/requirements.txt', 'requests==2.32.3\n-r more.txt\n');
    await file('plain/more.txt', 'flask\n');
    const plain = path.join(folder.path, 'plain');
    const { status, stdout } = await buildless(['validate', '-f', plain, '--output', 'json']);
    expect(status).toBe(1);
    const { findings } = JSON.parse(stdout) as { findings: Record<string, unknown>[] };
    expect(findings.map(({ file: name, line, severity, package: of }) => [name, line, severity, of])).toEqual([
      [path.join(plain, 'more.txt'), 1, 'error', 'flask'],
      [path.join(plain, 'package.json'), 2, 'error', 'axios'],
    ]);
    const bare = await buildless(['validate', '-f', 'requirements.txt', '--level', 'off'], '', plain);
    expect(bare).toMatchObject({ status: 0, stdout: expect.stringContaining('Function in 1 file') as string });
  });

  it('judges the .npmrc of a folder, and never shows the credential in it', async () => {
    await file('private/package.json', '{ "dependencies": { "axios": "1.7.2" } }\n');
    await file('private/.npmrc', 'registry=https://evil.example/\n//evil.example/:_authToken=npm_t0ken\n');
    const folderOfSource = path.join(folder.path, 'private');
    for (const format of ['text', 'json', 'sarif']) {
      const { status, stdout } = await buildless(['validate', '-f', folderOfSource, '-o', format]);
      expect(status).toBe(1);
      expect(stdout).not.toContain('npm_t0ken');
    }
    const { stdout } = await buildless(['validate', '-f', folderOfSource]);
    expect(stdout).toContain(`${folderOfSource}/.npmrc:1:1: error: "registry" is at evil.example`);
    expect(stdout).toContain(`${folderOfSource}/.npmrc:2:1: warning: "//evil.example/:_authToken" holds a credential`);
  });

  it('writes SARIF with a rule for each code and a place for each result', async () => {
    const { stdout } = await buildless(['validate', '-f', FLOATING, '-o', 'sarif']);
    const log = JSON.parse(stdout) as Log;
    expect(log.version).toBe('2.1.0');
    const [run] = log.runs;
    expect(run?.tool.driver.rules?.map(({ id }) => id)).toEqual(['dependencies-float']);
    expect(run?.results).toHaveLength(1);
    expect(run?.results?.[0]).toMatchObject({
      ruleId: 'dependencies-float',
      ruleIndex: 0,
      level: 'error',
      locations: [
        { physicalLocation: { artifactLocation: { uri: FLOATING }, region: { startLine: 15, startColumn: 18 } } },
      ],
    });
  });

  it('writes paths in SARIF as URIs', async () => {
    const manifest = await file(
      'a b/ü.yaml',
      'apiVersion: v1\nkind: Pod\nmetadata: { labels: { buildless.dev/function: x } }\n',
    );
    const { stdout } = await buildless(['validate', '-f', manifest, '-o', 'sarif']);
    const log = JSON.parse(stdout) as Log;
    const uris = log.runs[0]?.results?.map(({ locations }) => locations?.[0]?.physicalLocation?.artifactLocation?.uri);
    expect(uris?.[0]).toBe(`file://${folder.path}/a%20b/%C3%BC.yaml`);
  });

  it.each([
    [['-f', 'none.yaml'], 'the file or folder does not exist'],
    [['-f', FLOATING, '--level', 'strict'], 'Allowed choices are off, no-latest, exact, locked'],
    [['-f', FLOATING, '--config', 'none.yaml'], 'none.yaml: the configuration does not exist'],
  ])('%j is wrong input', async (args, message) => {
    const { status, stdout, stderr } = await buildless(['validate', ...args], '', ROOT);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});
