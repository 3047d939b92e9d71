import { noClusterFor } from '../../api-server/kube-config.ts';
import { isHost } from '../../certificates/authority.ts';
import { openCertificateFiles } from '../../certificates/files.ts';
import { registeredSource } from '../../certificates/registered-source.ts';
import { selfManagedCertificates } from '../../certificates/self-managed.ts';
import type { CertificateSource } from '../../certificates/source.ts';
import type { Problem } from '../../outcome/problem.ts';
import { CONFIGURATION_NAME } from '../../installation/names.ts';
import type { Logger } from '../../server/logging.ts';
import type { Metrics } from '../../server/metrics.ts';
import type { ServeOptions } from '../options/serve.ts';

type Opened = { readonly source: CertificateSource } | { readonly problem: Problem };

/** Where the served certificate comes from: two files, or the webhook's own CA. */
export function openCertificates(options: ServeOptions, logger: Logger, metrics: Metrics): Promise<Opened> {
  const { tlsCert, tlsKey } = options;
  if (tlsCert !== undefined && tlsKey !== undefined) return fromFiles(tlsCert, tlsKey, options, logger);
  if (tlsCert === undefined && tlsKey === undefined) return selfManaged(options, logger, metrics);
  const [given, missing] = tlsCert === undefined ? ['--tls-key', '--tls-cert'] : ['--tls-cert', '--tls-key'];
  return Promise.resolve(wrong(`${given} is given without ${missing}`, 'give both, or neither'));
}

async function fromFiles(
  certFile: string,
  keyFile: string,
  { webhookConfiguration, kubeconfig, context }: ServeOptions,
  logger: Logger,
): Promise<Opened> {
  const files = await openCertificateFiles({ certFile, keyFile });
  if ('problem' in files || webhookConfiguration === undefined) return files;
  const { connectRegistration } = await import('../../api-server/certificates.ts');
  const cluster = await connected(
    connectRegistration({
      logger,
      configuration: webhookConfiguration,
      ...(kubeconfig !== undefined && { kubeconfig }),
      ...(context !== undefined && { context }),
    }),
  );
  return 'problem' in cluster ? cluster : { source: registeredSource(files.source, cluster) };
}

async function selfManaged(options: ServeOptions, logger: Logger, metrics: Metrics): Promise<Opened> {
  const { service, host = [], kubeconfig, context } = options;
  const namespace = options.namespace ?? process.env.POD_NAMESPACE;
  if (namespace === undefined || namespace === '') {
    return wrong(
      'a certificate is missing, and so is a namespace to keep a CA in',
      'give --tls-cert and --tls-key, or --namespace (or POD_NAMESPACE) of the Secret with the CA',
    );
  }
  const bad = host.find((name) => !isHost(name));
  if (bad !== undefined) {
    return wrong(`--host "${bad}" is neither a DNS name nor an IP address`, 'give a name that clients use');
  }
  const { connectCertificates } = await import('../../api-server/certificates.ts');
  const cluster = await connected(
    connectCertificates({
      logger,
      secret: { namespace, name: options.authoritySecret },
      configuration: options.webhookConfiguration ?? CONFIGURATION_NAME,
      ...(kubeconfig !== undefined && { kubeconfig }),
      ...(context !== undefined && { context }),
    }),
  );
  if ('problem' in cluster) return cluster;
  return {
    source: selfManagedCertificates({
      ...cluster,
      // The first is what the API server asks for: https://pkg.go.dev/k8s.io/apiserver/pkg/util/webhook#ClientManager
      hosts: [`${service}.${namespace}.svc`, `${service}.${namespace}.svc.cluster.local`, ...host],
      leafSeconds: options.certificateLifetime,
      authoritySeconds: options.authorityLifetime,
      caBundleUpdated: (outcome) => {
        metrics.caBundleUpdated(outcome);
        logger.info({ outcome }, 'caBundle written');
      },
      authorityExpires: (at) => {
        metrics.authorityExpires(at);
      },
    }),
  };
}

async function connected<Cluster>(connecting: Promise<Cluster>): Promise<Cluster | { readonly problem: Problem }> {
  try {
    return await connecting;
  } catch (error) {
    return wrong(
      `no cluster to keep certificates in (${noClusterFor(error).problem})`,
      'name one with --kubeconfig and --context, or give --tls-cert and --tls-key',
    );
  }
}

const wrong = (problem: string, fix: string): { readonly problem: Problem } => ({ problem: { problem, fix } });
