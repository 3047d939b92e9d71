import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildless, ROOT } from './command.ts';

let folder: string;
let unreachable: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'buildless-kubeconfig-'));
  unreachable = path.join(folder, 'config');
  // Port 1 of this machine: nobody listens there.
  await writeFile(
    unreachable,
    `apiVersion: v1
kind: Config
clusters: [{ name: c, cluster: { server: 'https://127.0.0.1:1', insecure-skip-tls-verify: true } }]
users: [{ name: u, user: { token: t } }]
contexts: [{ name: here, context: { cluster: c, user: u } }]
current-context: here
`,
  );
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('doctor without a cluster', () => {
  it('says once that the API server cannot be reached, with exit status 2', async () => {
    const { status, stdout, stderr } = await buildless(['doctor', '--kubeconfig', unreachable]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^error: the API server cannot be reached \(.*ECONNREFUSED.*\)\n {7}name a cluster .*\n$/);
  });

  it.each([
    ['no API server', (): string[] => ['--kubeconfig', unreachable], 'cannot be reached'],
    [
      'no such context',
      (): string[] => ['--kubeconfig', unreachable, '--context', 'there'],
      'has no context \\"there\\"',
    ],
  ])('answers in JSON if it is asked to: %s', async (_, args, problem) => {
    const { status, stdout, stderr } = await buildless(['doctor', ...args(), '-o', 'json']);
    expect({ status, stderr }).toEqual({ status: 2, stderr: '' });
    expect(stdout).toContain(problem);
    expect(JSON.parse(stdout)).toMatchObject({ healthy: false, results: [] });
  });

  it.each(['doctor', 'uninstall'])('%s names the file of KUBECONFIG that is not there', async (name) => {
    const env = { ...process.env, KUBECONFIG: '/nonexistent' };
    const { status, stderr } = await buildless([name], '', ROOT, env);
    expect(status).toBe(2);
    expect(stderr).toContain('the kubeconfig /nonexistent cannot be read');
  });
});

describe('status with a kubeconfig', () => {
  it.each<[string, string, readonly string[], string, string]>([
    ['that is not YAML', 'users: [{ token: secret', [], 'cannot be read (', 'name one that kubectl can use'],
    ['without a context', 'apiVersion: v1\n', [], 'has no current context', 'set one with kubectl config use-context'],
    ['without this context', 'contexts: []\n', ['--context', 'there'], 'has no context "there"', '"kubectl config get'],
  ])('%s gives one reason and one cure, and no line of the file', async (_, content, args, problem, cure) => {
    const file = path.join(folder, 'wrong');
    await writeFile(file, content);
    const { status, stdout, stderr } = await buildless(['status', '--kubeconfig', file, ...args]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    const [first, second, ...others] = stderr.split('\n');
    expect(first).toContain(`error: the kubeconfig ${file} ${problem}`);
    expect(second).toContain(`       ${cure}`);
    expect(others).toEqual(['']);
    expect(stderr).not.toContain('secret');
  });
});

it('uninstall names the context and the server that it works on', async () => {
  const { stdout } = await buildless(['uninstall', '--dry-run', '--kubeconfig', unreachable]);
  expect(stdout).toMatch(/^Looking at context here \(https:\/\/127\.0\.0\.1:1\)\n/);
});

it.each([
  ['to read from', ['--tls-cert', 'tls.crt', '--tls-key', 'tls.key']],
  ['to keep certificates in', ['--namespace', 'buildless-system']],
])('serve names a context that the kubeconfig does not have: no cluster %s', async (what, given) => {
  const certificates = await mkdtemp(path.join(folder, 'certificates-'));
  await buildless(['certs', '--out', certificates, '--host', 'localhost']);
  const cluster = ['--kubeconfig', unreachable, '--context', 'there'];
  const args = ['serve', ...given, ...cluster, '--port', '0', '--health-port', '0'];
  const { status, stderr } = await buildless(args, '', certificates);
  expect(status).toBe(2);
  expect(stderr).toContain(`no cluster ${what} (the kubeconfig ${unreachable} has no context "there")`);
});
