import { InvalidArgumentError, type Command } from 'commander';
import type { CertsOptions } from '../options/certs.ts';

/** `buildless certs`. */
export function addCerts(program: Command): void {
  program
    .command('certs')
    .summary('make a development CA and a leaf')
    .description('Makes a CA and a TLS certificate for the given hosts, for development; a cluster has its own issuer.')
    .requiredOption('--host <name...>', 'DNS name or IP address that the certificate is for')
    .option('--out <folder>', 'where to write ca.crt, ca.key, tls.crt and tls.key', 'certs')
    .option('--days <number>', 'how long both are valid', days, 365)
    .option('--force', 'replace files that are there')
    .addHelpText('after', '\nExample:\n  buildless certs --out certs/ --host localhost --host 127.0.0.1')
    .action(async (options: CertsOptions) => {
      const { writeCertificates } = await import('../actions/certs.ts');
      process.exitCode = await writeCertificates(options);
    });
}

function days(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0 && value <= 3650) return value;
  throw new InvalidArgumentError('Expected an integer from 1 to 3650.');
}
