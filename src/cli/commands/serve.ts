import { InvalidArgumentError, type Command } from 'commander';
import { AUTHORITY_SECRET, CONFIGURATION_NAME, PORTS, WEBHOOK_NAME } from '../../installation/names.ts';
import { duration } from '../duration.ts';
import { port } from '../port.ts';
import type { ServeOptions } from '../options/serve.ts';
import { logLevelOption } from '../log-level.ts';

/** `buildless serve`, the webhook. */
export function addServe(program: Command): void {
  program
    .command('serve')
    .summary('run the admission webhook')
    .description(
      'Serves POST /mutate and /validate over TLS, and /healthz, /readyz and /metrics on the plain port. Sources come from the ' +
        'cluster that the process runs in (or that the kubeconfig names), or from files with --manifests.\n\n' +
        'Certificates look after themselves: a CA in a Secret of the namespace, in the caBundle of both webhook configurations, ' +
        'and a short-lived certificate in memory. Or they come from files, with --tls-cert and --tls-key.',
    )
    .option('--tls-cert <file>', 'certificate chain, PEM; reloaded when it changes')
    .option('--tls-key <file>', 'its private key, PEM')
    .option('-n, --namespace <name>', 'where Service and Secret are (default: POD_NAMESPACE)')
    .option('--service <name>', 'Service that the certificate is for', WEBHOOK_NAME)
    .option('--host <name...>', 'more DNS names or IP addresses that the certificate is for')
    .option('--authority-secret <name>', 'Secret that keeps the CA', AUTHORITY_SECRET)
    .option('--authority-lifetime <duration>', 'of a new CA', duration, duration('365d'))
    .option('--certificate-lifetime <duration>', 'of the certificate', duration, duration('24h'))
    .option(
      '--webhook-configuration <name>',
      `both webhook configurations whose caBundle readiness depends on (default: ${CONFIGURATION_NAME}; none with --tls-cert)`,
    )
    .option('--client-ca <file>', 'accept only clients with a certificate of this CA; reloaded when it changes')
    .option('--client-name <name...>', 'and only those whose certificate has one of these common names')
    .option('--config <file>', 'configuration; reloaded when it changes (default: the built-in one)')
    .option('--denied <path...>', 'folders or files with denied versions, beside the ConfigMaps (docs/supply-chain.md)')
    .option('--address <ip>', 'address to listen on (default: all)')
    .option('--port <number>', 'TLS port, 0 for any', port, PORTS.tls)
    .option('--health-port <number>', 'plain port, 0 for any', port, PORTS.plain)
    .option('--drain <seconds>', 'how long to go on answering after SIGTERM', seconds, 5)
    .option('--manifests <path...>', 'take ConfigMaps and Namespaces from these files instead of a cluster')
    .option('--kubeconfig <file>', 'the cluster to read from (default: as kubectl finds it)')
    .option('--context <name>', 'of the kubeconfig (default: the current one)')
    .addOption(logLevelOption())
    .addHelpText(
      'after',
      `
Examples:
  buildless serve --namespace buildless-system
  buildless certs --out certs/ --host localhost
  buildless serve --tls-cert certs/tls.crt --tls-key certs/tls.key --manifests examples/hello-node`,
    )
    .action(async (options: ServeOptions) => {
      const { serveWebhook } = await import('../actions/serve.ts');
      process.exitCode = await serveWebhook(options);
    });
}

function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 3600) return value;
  throw new InvalidArgumentError('Expected seconds from 0 to 3600.');
}
