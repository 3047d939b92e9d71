import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Repository, startGitServer, type GitServer } from '../pod/git/git-server.ts';
import { startRefusing } from '../pod/install/fake-registry.ts';
import { answering, get, Runs } from '../run/running-command.ts';

const runs = new Runs();
let folder = '';
const servers: GitServer[] = [];

beforeAll(async () => {
  await runs.open();
  folder = await mkdtemp(path.join(tmpdir(), 'buildless-repositories-'));
  await new Repository(folder, 'shop').commit({ 'orders/handler.js': answering('from git')['handler.js'] ?? '' });
});
afterEach(() => runs.endAll());
afterAll(async () => {
  for (const server of servers) await server.close();
  await rm(folder, { recursive: true, force: true });
  await runs.remove();
});

describe('a Git source', () => {
  it('is cloned and served', async () => {
    const server = await startGitServer(folder);
    servers.push(server);
    const command = await runs.runFunction(
      { files: answering(''), annotations: { 'buildless.dev/source': `${server.source}shop.git?ref=main&dir=orders` } },
      ['--port', '0'],
      { GIT_SSL_CAINFO: server.authority },
    );
    expect(await get(await command.url())).toBe('from git');
  });

  it('is cloned with the credentials of a Secret of the input, which are never printed', async () => {
    const server = await startGitServer(folder, { username: 'reader', password: 'pa55w0rd-of-git' });
    servers.push(server);
    const command = await runs.runFunction(
      {
        files: answering(''),
        annotations: {
          'buildless.dev/source': `${server.source}shop.git?dir=orders`,
          'buildless.dev/source-auth': 'git',
        },
        more: [
          {
            apiVersion: 'v1',
            kind: 'Secret',
            metadata: { name: 'git' },
            stringData: { username: 'reader', password: 'pa55w0rd-of-git' },
          },
        ],
      },
      ['--port', '0'],
      { GIT_SSL_CAINFO: server.authority },
    );
    expect(await get(await command.url())).toBe('from git');
    expect(command.output).not.toContain('pa55w0rd-of-git');
  });

  it('that is not there: why, in the words of buildless-prepare', async () => {
    const server = await startGitServer(folder);
    servers.push(server);
    const command = await runs.runFunction(
      { files: answering(''), annotations: { 'buildless.dev/source': `${server.source}absent.git` } },
      ['--port', '0'],
      { GIT_SSL_CAINFO: server.authority },
    );
    expect(await command.ended()).toBe(1);
    expect(command.output).toMatch(/error: buildless-prepare: .*absent\.git/);
  });
});

describe("the author's own volumes and init containers", () => {
  it('hold what the input has, also for an init container in the runtime image', async () => {
    const command = await runs.runFunction({
      files: {
        'handler.js': `
          const { readFileSync } = require('node:fs');
          const read = (file) => readFileSync(file, 'utf8');
          module.exports = { main: () => read(process.env.WORDS + '/greeting') + read(process.env.MADE) };`,
      },
      container: {
        env: [
          { name: 'WORDS', value: '/words' },
          { name: 'MADE', value: '/shared/made' },
        ],
        volumeMounts: [
          { name: 'words', mountPath: '/words' },
          { name: 'shared', mountPath: '/shared' },
        ],
      },
      spec: {
        initContainers: [
          {
            name: 'make',
            image: 'docker.io/library/node:20.20.2-slim',
            command: ['node', '-e', 'fs.writeFileSync("/shared/made", " and made")'],
            volumeMounts: [{ name: 'shared', mountPath: '/shared' }],
          },
          { name: 'proxy', image: 'proxy.example/proxy:1', restartPolicy: 'Always' },
        ],
        volumes: [
          { name: 'words', configMap: { name: 'words' } },
          { name: 'shared', emptyDir: {} },
        ],
      },
      more: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'words' }, data: { greeting: 'read' } }],
    });
    expect(await get(await command.url())).toBe('read and made');
    expect(command.output).toMatch(/^Not as in the Pod: .*the container proxy/m);
  });
});

describe('a private registry', () => {
  it('is asked with the .npmrc of the Secret, whose token is never printed', async () => {
    const registry = await startRefusing(401);
    const command = await runs.runFunction({
      files: { ...answering(''), 'package.json': '{"dependencies":{"own":"1.0.0"}}' },
      annotations: { 'buildless.dev/registry': 'npm' },
      more: [
        {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name: 'npm' },
          stringData: {
            '.npmrc': `registry=${registry.address}\n${registry.address.replace('http:', '')}:_authToken=t0ken-of-npm\n`,
          },
        },
      ],
    });
    expect(await command.ended()).toBe(1);
    expect(registry.requests).toContain('GET /own');
    expect(command.output).toMatch(/error: buildless-install: .*401/s);
    expect(command.output).not.toContain('t0ken-of-npm');
    await registry.close();
  });
});
