import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAuthority } from '../../src/certificates/authority.ts';
import { buildless } from './command.ts';
import { onTerminal } from './terminal.ts';

const CONFIGURATION = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/buildless';
const QUESTION = 'Remove Buildless from context here';

let folder: string;
let server: Server;
let where: readonly string[];
const deleted: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'buildless-uninstall-'));
  // An API server with one object of ours and two Pods of Functions.
  const authority = await createAuthority({ commonName: 'Test CA', seconds: 3600 });
  const leaf = await authority.issue({ hosts: ['127.0.0.1'], seconds: 3600 });
  server = createServer({ cert: leaf.cert, key: leaf.key }, ({ method = '', url = '' }, response) => {
    const answer = (status: number, object: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(object));
    };
    const [place = ''] = url.split('?');
    if (place === '/api/v1/pods') answer(200, { items: [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }] });
    else if (place === CONFIGURATION && deleted.length === 0) {
      if (method === 'DELETE') deleted.push(place);
      answer(200, { metadata: { uid: '1', labels: { 'app.kubernetes.io/part-of': 'buildless' } } });
    } else answer(404, { kind: 'Status', code: 404 });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  const port = typeof bound === 'object' ? (bound?.port ?? 0) : 0;
  const kubeconfig = path.join(folder, 'config');
  await writeFile(
    kubeconfig,
    `apiVersion: v1
kind: Config
clusters: [{ name: c, cluster: { server: 'https://127.0.0.1:${port}', insecure-skip-tls-verify: true } }]
users: [{ name: u, user: { token: t } }]
contexts: [{ name: here, context: { cluster: c, user: u } }]
current-context: here
`,
  );
  where = ['--kubeconfig', kubeconfig];
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  deleted.length = 0;
});

describe('uninstall on a terminal', () => {
  it.each(['n\n', '\n'])('removes nothing if the answer is %j, and says what runs there', async (answer) => {
    const { status, output } = await onTerminal(['uninstall', ...where], { question: QUESTION, answer });
    expect(output).toContain('2 Pods of Functions run there');
    expect(output).toContain('Nothing is removed.');
    expect({ status, deleted }).toEqual({ status: 2, deleted: [] });
  });

  it('removes what is installed if the answer is yes', async () => {
    const { status, output } = await onTerminal(['uninstall', ...where], { question: QUESTION, answer: 'yes\n' });
    expect(output).toContain('ValidatingWebhookConfiguration buildless: removed');
    expect({ status, deleted }).toEqual({ status: 0, deleted: [CONFIGURATION] });
  });

  it('does not ask with --yes', async () => {
    const never = { question: QUESTION, answer: 'n\n' };
    const { status, output } = await onTerminal(['uninstall', '--yes', ...where], never);
    expect(output).not.toContain(QUESTION);
    expect({ status, deleted }).toEqual({ status: 0, deleted: [CONFIGURATION] });
  });
});

it('uninstall in a script does not ask', async () => {
  const { status } = await buildless(['uninstall', ...where]);
  expect({ status, deleted }).toEqual({ status: 0, deleted: [CONFIGURATION] });
});
