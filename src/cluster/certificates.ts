import type { AuthorityStore } from '../certificates/authority-store.ts';
import type { Registration } from '../certificates/registration.ts';
import { apiServer } from './api-server.ts';
import { authoritySecret } from './authority-secret.ts';
import type { ClusterLog } from './cluster.ts';
import { loadKubeConfig } from './kube-config.ts';
import { Reflector } from './reflector.ts';
import { WEBHOOK_CONFIGURATIONS, webhookRegistration } from './webhook-registration.ts';

export interface CertificateClusterOptions {
  /** Path; without it what loadKubeConfig finds. */
  readonly kubeconfig?: string;
  readonly logger: ClusterLog;
  /** Where the Secret with the CA is; undefined where there is none to follow. */
  readonly secret: { readonly namespace: string; readonly name: string } | undefined;
  /** Of both webhook configurations. */
  readonly configuration: string;
  readonly backoffMilliseconds?: number;
}

export interface CertificateCluster {
  readonly store: AuthorityStore | undefined;
  readonly registration: Registration;
  /** Calls back when one of the objects changed; returns how to end it, and all connections. */
  readonly watch: (changed: () => void) => () => Promise<void>;
  /** What cannot be followed now. */
  readonly troubles: () => readonly string[];
}

/**
 * What certificates need of the cluster. Each object is followed by its name, so that RBAC may restrict it so.
 *
 * @throws where no cluster is configured
 */
export async function connectCertificates({
  kubeconfig,
  logger,
  secret,
  configuration,
  backoffMilliseconds,
}: CertificateClusterOptions): Promise<CertificateCluster> {
  const server = apiServer(await loadKubeConfig(kubeconfig));
  const objects = [
    ...WEBHOOK_CONFIGURATIONS.map(({ path }) => ({ path, name: configuration })),
    ...(secret === undefined
      ? []
      : [{ path: `/api/v1/namespaces/${encodeURIComponent(secret.namespace)}/secrets`, name: secret.name }]),
  ];
  let reflectors: readonly Reflector<undefined>[] = [];
  return {
    store: secret && authoritySecret({ server, ...secret }),
    registration: webhookRegistration({ server, name: configuration }),
    watch: (changed) => {
      reflectors = objects.map(
        ({ path, name }) =>
          new Reflector({
            server,
            path,
            fieldSelector: `metadata.name=${name}`,
            // Only a sign to read it: an object may have changed again since.
            entryOf: () => undefined,
            onChange: changed,
            logger,
            ...(backoffMilliseconds !== undefined && { backoffMilliseconds }),
          }),
      );
      for (const reflector of reflectors) reflector.start();
      return async () => {
        await Promise.all(reflectors.map((reflector) => reflector.stop()));
        server.close();
      };
    },
    troubles: () => reflectors.map((reflector) => reflector.problem()).filter((problem) => problem !== undefined),
  };
}
