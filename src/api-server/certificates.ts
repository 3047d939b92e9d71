import type { AuthorityStore } from '../certificates/authority-store.ts';
import type { Registration } from '../certificates/registration.ts';
import { apiServer, type ApiServer } from './api-server.ts';
import { authoritySecret } from './authority-secret.ts';
import type { ClusterLog } from './cluster.ts';
import { loadKubeConfig } from './kube-config.ts';
import { Reflector } from './reflector.ts';
import { WEBHOOK_CONFIGURATIONS } from '../installation/names.ts';
import { webhookRegistration } from './webhook-registration.ts';

export interface RegistrationClusterOptions {
  /** Path; without it what loadKubeConfig finds. */
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly logger: ClusterLog;
  /** Of both webhook configurations. */
  readonly configuration: string;
  readonly backoffMilliseconds?: number;
}

export interface RegistrationCluster {
  readonly registration: Registration;
  /** Calls back when one of the objects changed; returns how to end it, and all connections. */
  readonly watch: (changed: () => void) => () => Promise<void>;
}

/**
 * The two webhook configurations. Each object is followed by its name, so that RBAC may restrict it so.
 *
 * @throws if no cluster is configured
 */
export async function connectRegistration(options: RegistrationClusterOptions): Promise<RegistrationCluster> {
  const server = apiServer(await loadKubeConfig(options.kubeconfig, options.context));
  return clusterOf(server, options, []);
}

/**
 * The same, and the Secret with the CA.
 *
 * @throws if no cluster is configured
 */
export async function connectCertificates({
  secret,
  ...options
}: RegistrationClusterOptions & { readonly secret: { readonly namespace: string; readonly name: string } }): Promise<
  RegistrationCluster & { readonly store: AuthorityStore }
> {
  const server = apiServer(await loadKubeConfig(options.kubeconfig, options.context));
  const followed = { path: `/api/v1/namespaces/${encodeURIComponent(secret.namespace)}/secrets`, name: secret.name };
  return { store: authoritySecret({ server, ...secret }), ...clusterOf(server, options, [followed]) };
}

function clusterOf(
  server: ApiServer,
  { configuration, logger, backoffMilliseconds }: RegistrationClusterOptions,
  more: readonly { readonly path: string; readonly name: string }[],
): RegistrationCluster {
  const objects = [...WEBHOOK_CONFIGURATIONS.map(({ path }) => ({ path, name: configuration })), ...more];
  return {
    registration: webhookRegistration({ server, name: configuration }),
    watch: (changed) => {
      const reflectors = objects.map(
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
  };
}
