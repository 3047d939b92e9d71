import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { INSTALL_NAMESPACE, WEBHOOK_NAME } from '../../src/installation/names.ts';
import { at, installed } from '../installation/shipped.ts';
import { cluster, type Opened } from './given.ts';
import { deleteBackwards, kubectl, kubectlOk } from './kubectl.ts';
import { writeKubeconfig } from './kubernetes/kubeconfig.ts';
import { configurations } from './registration.ts';
import { openTcpProxy, type TcpProxy } from './tcp-proxy.ts';
import { startWebhook, type Webhook } from './webhook.ts';

/** deploy/install.yaml in the cluster; its Pods, which no node runs, are processes of this machine. */
export interface Shipped {
  /** What kubectl said of the manifests: the API server's warnings. */
  readonly warnings: string;
  /** With the rights of the shipped ServiceAccount. */
  readonly kubeconfig: string;
  /** In place of the Service: passes connections on to the replicas. */
  readonly service: TcpProxy;
  /** The webhook configurations as they were applied: without caBundle. */
  readonly registration: object;
  readonly replicas: Webhook[];
  /** One more replica, ready; the Service knows it when this resolves. */
  start(more?: readonly string[]): Promise<Webhook>;
  /** Stops a replica; the Service knows it before. */
  stop(replica: Webhook): Promise<void>;
}

export async function installShipped(): Promise<Opened<Shipped>> {
  const applied = await kubectl(['apply', '--validate=strict', '-f', 'deploy/install.yaml']);
  if (applied.status !== 0) throw new Error(applied.stderr);
  const service = await openTcpProxy();
  const url = `https://127.0.0.1:${service.port}`;
  const registration = { apiVersion: 'v1', kind: 'List', items: configurations({ url, ca: '' }) };
  await kubectlOk(['replace', '-f', '-'], registration);
  const folder = mkdtempSync(path.join(tmpdir(), 'buildless-shipped-'));
  const kubeconfig = await kubeconfigOf(WEBHOOK_NAME, folder);
  const replicas: Webhook[] = [];
  const update = (): void => {
    service.use(replicas.map(({ tlsPort }) => tlsPort));
  };
  return {
    value: {
      warnings: applied.stderr,
      kubeconfig,
      service,
      registration,
      replicas,
      async start(more = []) {
        const identity = ['--namespace', INSTALL_NAMESPACE, '--host', '127.0.0.1', ...more];
        const replica = await startWebhook({ kubeconfig, certificates: { arguments: identity }, drainSeconds: 2 });
        replicas.push(replica);
        update();
        return replica;
      },
      async stop(replica) {
        replicas.splice(replicas.indexOf(replica), 1);
        update();
        await replica.stop();
      },
    },
    async close() {
      await deleteBackwards(installed());
      await Promise.all(replicas.map((replica) => replica.stop()));
      await service.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A kubeconfig with a token of a ServiceAccount, of ours unless a namespace is given. */
export async function kubeconfigOf(
  serviceAccount: string,
  folder: string,
  namespace = INSTALL_NAMESPACE,
): Promise<string> {
  const token = await kubectlOk(['create', 'token', serviceAccount, '-n', namespace, '--duration=2h']);
  const admin = new KubeConfig();
  admin.loadFromFile(cluster().kubeconfig);
  const server = admin.getCurrentCluster();
  if (server === null) throw new Error('the kubeconfig has no cluster');
  const ca = Buffer.from(server.caData ?? '', 'base64').toString() || readFileSync(server.caFile ?? '', 'utf8');
  return writeKubeconfig(path.join(folder, serviceAccount), { server: server.server, ca, token: token.trim() });
}

/** A webhook configuration as it is now. */
export async function configurationNow(kind: 'mutating' | 'validating'): Promise<unknown> {
  const json = await kubectlOk(['get', `${kind}webhookconfiguration`, 'buildless', '-o', 'json']);
  const object: unknown = JSON.parse(json);
  if (at(object, 'kind') === undefined) throw new Error(json);
  return object;
}
