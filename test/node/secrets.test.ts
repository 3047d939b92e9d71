import { afterAll, beforeAll, describe, expect, inject } from 'vitest';
import { given, it } from '../cluster/given.ts';
import { installWebhook, RESTRICTED } from '../cluster/installed.ts';
import { createNamespace, kubectlOk } from '../cluster/kubectl.ts';
import { apply, deployed } from './functions.ts';
import { inside, nameOf, readyPod } from './pods.ts';

const NPMRC = 'registry=https://registry.npmjs.org/\n//registry.example/:_authToken=only-for-the-installation\n';

/** Its install script writes down what it finds; it may run, as the annotation allows it. */
const FILES = {
  'handler.js': "module.exports = { main: () => 'hello' };",
  'package.json': JSON.stringify({
    dependencies: { dayjs: '1.11.13' },
    scripts: { install: 'ls -a /var/run/secrets/kubernetes.io/serviceaccount > seen-by-install.txt 2>&1' },
  }),
};

describe('what a Function can get at, looked for from inside', () => {
  given(() => installWebhook());
  let namespace = '';

  beforeAll(async () => {
    if ('reason' in inject('cluster')) return;
    namespace = await createNamespace(RESTRICTED);
    await apply(
      namespace,
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'registry' }, stringData: { '.npmrc': NPMRC } },
      deployed('inside', {
        files: FILES,
        annotations: { 'buildless.dev/registry': 'registry', 'buildless.dev/install-scripts': 'allow' },
      }),
    );
  });
  afterAll(async () => {
    if (namespace !== '') await kubectlOk(['delete', 'namespace', namespace, '--wait=false']);
  });
  const look = async (script: string): Promise<string> =>
    inside(await readyPod(namespace, 'app=inside'), 'sh', '-c', script);

  it('not the registry credentials, in no file, no variable and no process', async () => {
    const found = await look(
      'grep -rsl only-for-the-installation / --exclude-dir=sys --exclude-dir=proc; cat /proc/[0-9]*/environ; ls -a /buildless-registry',
    );
    expect(found).not.toContain('only-for-the-installation');
    expect(found).not.toMatch(/^\/(?!.*No such)/m);
  });

  it('not its own code, to change it', async () => {
    const answer = await look(
      'touch /buildless/function/handler.js; echo x > /buildless/function/new.js; echo x > /etc/new',
    );
    expect(answer.match(/Read-only file system/g)).toHaveLength(3);
  });

  it('no capability, no new privileges, and a seccomp filter', async () => {
    const status = await look('cat /proc/1/status');
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
      expect(status).toMatch(new RegExp(`^${set}:\\t0+$`, 'm'));
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    expect(status).toMatch(/^Seccomp:\t2$/m);
    expect(status).toMatch(/^Uid:\t1000\t/m);
  });

  it('and its installation saw no token of the ServiceAccount, while the Function does', async () => {
    const seen = await look('cat /buildless/function/seen-by-install.txt');
    expect(seen.split('\n').filter((name) => !/^\.{0,2}$/.test(name))).toEqual([]);
    expect(await look('ls /var/run/secrets/kubernetes.io/serviceaccount')).toContain('token');
    expect(nameOf(await readyPod(namespace, 'app=inside'))).toContain('inside');
  });
});
