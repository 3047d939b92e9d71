import { InvalidArgumentError, Option, type Command } from 'commander';
import { port } from '../port.ts';

export interface ServeOptions {
  readonly config?: string;
  readonly tlsCert: string;
  readonly tlsKey: string;
  readonly address?: string;
  readonly port: number;
  readonly healthPort: number;
  readonly drain: number;
  readonly manifests?: readonly string[];
  readonly kubeconfig?: string;
  readonly logLevel: string;
}

/** `buildless serve`, the webhook. */
export function addServe(program: Command): void {
  program
    .command('serve')
    .summary('run the admission webhook')
    .description(
      'Serves POST /mutate and /validate over TLS, and /healthz, /readyz and /metrics on the plain port. Sources come from the ' +
        'cluster that the process runs in (or that the kubeconfig names), or from files with --manifests.',
    )
    .requiredOption('--tls-cert <file>', 'certificate chain, PEM; reloaded when it changes')
    .requiredOption('--tls-key <file>', 'its private key, PEM')
    .option('--config <file>', 'configuration; reloaded when it changes (default: the built-in one)')
    .option('--address <ip>', 'address to listen on (default: all)')
    .option('--port <number>', 'TLS port, 0 for any', port, 10250)
    .option('--health-port <number>', 'plain port, 0 for any', port, 8080)
    .option('--drain <seconds>', 'how long to go on answering after SIGTERM', seconds, 5)
    .option('--manifests <path...>', 'take ConfigMaps and Namespaces from these files instead of a cluster')
    .option('--kubeconfig <file>', 'the cluster to read from (default: as kubectl finds it)')
    .addOption(
      new Option('--log-level <level>', 'least level of the log')
        .choices(['debug', 'info', 'warn', 'error'])
        .default('info'),
    )
    .addHelpText(
      'after',
      `
Example:
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
  throw new InvalidArgumentError('Seconds from 0 to 3600 are expected.');
}
