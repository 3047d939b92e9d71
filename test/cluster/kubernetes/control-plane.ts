import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createAuthority } from '../../../src/certificates/authority.ts';
import { freePorts, startComponent, type Component } from './component.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import type { Programs } from './programs.ts';

export interface ControlPlane {
  /** Of a member of system:masters. */
  readonly kubeconfig: string;
  /** The API server's audit log: one JSON document a line, for Pods, ConfigMaps and workloads. */
  readonly auditLog: string;
  /** Of the API server. */
  readonly port: number;
  /** Kills the API server at once, as a crash does; what etcd has is all that is left. */
  killApiServer(): Promise<void>;
  /** Starts it again at the same port; resolves when it is ready. */
  startApiServer(): Promise<void>;
  /** Ends all processes and removes the folder. */
  stop(): Promise<void>;
}

/** What most tests do without. */
export interface ControlPlaneOptions {
  /** Where Pods reach the API server; 127.0.0.1, as by default, is themselves. */
  readonly address?: string;
  /** The scheduler's program; without it Pods stay Pending. */
  readonly scheduler?: string;
  /** More flags of the API server. */
  readonly apiServer?: Readonly<Record<string, string>>;
  /** More flags of the controller manager. */
  readonly controllerManager?: Readonly<Record<string, string>>;
  /** Feature gates of both that are off by default. */
  readonly featureGates?: readonly string[];
}

const DAY = 86_400;

const AUDIT_POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    {
      level: 'Metadata',
      verbs: ['create', 'update', 'patch'],
      resources: [
        { group: '', resources: ['pods', 'configmaps'] },
        // The controller's; those of Kubernetes' own controllers are of the older group.
        { group: 'events.k8s.io', resources: ['events'] },
      ],
    },
    { level: 'None' },
  ],
};

/**
 * Starts etcd, the API server and the controller manager on free ports, in a folder of their own. There is no node unless
 * test/node adds one: Pods stay Pending, which is all that admission needs.
 */
export async function startControlPlane(
  programs: Programs,
  {
    address = '127.0.0.1',
    scheduler,
    apiServer: moreFlags = {},
    controllerManager = {},
    featureGates = [],
  }: ControlPlaneOptions = {},
): Promise<ControlPlane> {
  const folder = mkdtempSync(path.join(tmpdir(), 'buildless-cluster-'));
  const file = (name: string): string => path.join(folder, name);
  const write = (name: string, text: string): string => {
    writeFileSync(file(name), text, { mode: 0o600 });
    return file(name);
  };
  const running: Component[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(running.reverse().map((component) => component.stop()));
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  const start = (name: string, program: string, args: Readonly<Record<string, string>>): Component => {
    const flags = Object.entries(args).map(([key, value]) => `--${key}=${value}`);
    const component = startComponent(name, program, flags, file(`${name}.log`));
    running.push(component);
    return component;
  };

  try {
    const [etcdPort = 0, peerPort = 0, apiPort = 0] = await freePorts(3);
    const etcdUrl = `http://127.0.0.1:${etcdPort}`;
    const etcd = start('etcd', programs.etcd, {
      'data-dir': file('etcd'),
      'listen-client-urls': etcdUrl,
      'advertise-client-urls': etcdUrl,
      'listen-peer-urls': `http://127.0.0.1:${peerPort}`,
      'unsafe-no-fsync': 'true',
      'log-level': 'warn',
    });

    const authority = await createAuthority({ commonName: 'buildless test cluster', seconds: DAY });
    const served = await authority.issue({
      hosts: [...new Set(['127.0.0.1', 'localhost', '10.0.0.1', address])],
      seconds: DAY,
    });
    const tokens = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const token = randomBytes(24).toString('hex');
    const ca = write('ca.crt', authority.cert);
    const tokenKey = write('service-account.key', tokens.privateKey);
    const auditLog = file('audit.log');
    const url = `https://${address}:${apiPort}`;

    await etcd.until(async () => (await fetch(`${etcdUrl}/health`)).ok);
    const apiServerFlags = {
      'etcd-servers': etcdUrl,
      'bind-address': address,
      'secure-port': String(apiPort),
      'cert-dir': file('apiserver'),
      'tls-cert-file': write('apiserver.crt', served.cert),
      'tls-private-key-file': write('apiserver.key', served.key),
      'service-cluster-ip-range': '10.0.0.0/24',
      'service-account-key-file': write('service-account.pub', tokens.publicKey),
      'service-account-signing-key-file': tokenKey,
      'service-account-issuer': 'https://kubernetes.default.svc',
      'authorization-mode': 'RBAC',
      'token-auth-file': write('tokens.csv', `${token},admin,admin,system:masters\n`),
      'allow-privileged': 'true',
      // Sources of the type image; without it the API server takes their volumes out of each Pod.
      'feature-gates': gates(['ImageVolume', ...featureGates]),
      'audit-log-path': auditLog,
      'audit-policy-file': write('audit-policy.json', JSON.stringify(AUDIT_POLICY)),
      // Pods of a namespace without controllers have no ServiceAccount.
      ...(programs.controllerManager === undefined && { 'disable-admission-plugins': 'ServiceAccount' }),
      ...moreFlags,
    };
    let apiServer: Component | undefined;
    const killApiServer = async (): Promise<void> => {
      await apiServer?.stop();
    };
    const startApiServer = async (): Promise<void> => {
      apiServer = start('kube-apiserver', programs.apiServer, apiServerFlags);
      await apiServer.until(() => isReady(`${url}/readyz`, authority.cert, token));
    };
    const kubeconfig = writeKubeconfig(file('admin.kubeconfig'), { server: url, ca: authority.cert, token });
    await startApiServer();

    if (programs.controllerManager !== undefined) {
      start('kube-controller-manager', programs.controllerManager, {
        kubeconfig,
        'leader-elect': 'false',
        'secure-port': '0',
        'use-service-account-credentials': 'true',
        'service-account-private-key-file': tokenKey,
        'root-ca-file': ca,
        // Deleted namespaces are gone sooner; nothing else is in a hurry.
        'concurrent-namespace-syncs': '20',
        ...(featureGates.length > 0 && { 'feature-gates': gates(featureGates) }),
        ...controllerManager,
      });
    }
    if (scheduler !== undefined) {
      start('kube-scheduler', scheduler, { kubeconfig, 'leader-elect': 'false', 'secure-port': '0' });
    }
    return { kubeconfig, auditLog, port: apiPort, killApiServer, startApiServer, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const gates = (names: readonly string[]): string => names.map((name) => `${name}=true`).join(',');

function isReady(url: string, ca: string, token: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    https
      .get(url, { ca, agent: false, headers: { authorization: `Bearer ${token}` } }, (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      })
      .on('error', reject);
  });
}
