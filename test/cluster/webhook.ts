import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from './kubectl.ts';

const COMMAND = path.join(ROOT, 'dist/buildless.mjs');

export interface Certificates {
  readonly folder: string;
  /** PEM. */
  readonly ca: string;
  remove(): void;
}

/** What `buildless certs` makes for 127.0.0.1. */
export async function createCertificates(): Promise<Certificates> {
  const folder = mkdtempSync(path.join(tmpdir(), 'buildless-certs-'));
  const args = ['certs', '--out', folder, '--host', '127.0.0.1', '--host', 'localhost'];
  const child = spawn(process.execPath, [COMMAND, ...args], { stdio: 'ignore' });
  const status = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  if (status !== 0) throw new Error('buildless certs failed');
  return {
    folder,
    ca: readFileSync(path.join(folder, 'ca.crt'), 'utf8'),
    remove() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface WebhookOptions {
  readonly kubeconfig: string;
  /** Files, or the arguments of `serve` that say where certificates come from. */
  readonly certificates: Pick<Certificates, 'folder'> | { readonly arguments: readonly string[] };
  /** Text of the configuration file. */
  readonly configuration?: string;
  /** Where the controller's Lease is; default: the namespace that an installation has. */
  readonly leaseNamespace?: string;
  /** 0, the default, for any. */
  readonly tlsPort?: number;
  readonly drainSeconds?: number;
  /** Another build of the command. */
  readonly command?: string;
}

/** `buildless serve`, a process of its own. */
export interface Webhook {
  readonly tlsPort: number;
  readonly plainPort: number;
  readonly pid: number;
  /** From the start of the process until it had read the cluster. */
  readonly millisecondsToReady: number;
  /** Its log. */
  readonly lines: readonly string[];
  configure(text: string): void;
  /** Status and text of /readyz?verbose. */
  readiness(): Promise<{ readonly status: number; readonly text: string }>;
  metrics(): Promise<Samples>;
  /** SIGTERM; resolves when the process has ended. */
  stop(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
}

/** Starts the webhook and waits until it is ready. */
export async function startWebhook(options: WebhookOptions): Promise<Webhook> {
  const { kubeconfig, certificates, configuration = '', tlsPort = 0, drainSeconds = 0, leaseNamespace } = options;
  const { command = COMMAND } = options;
  const folder = mkdtempSync(path.join(tmpdir(), 'buildless-serve-'));
  const config = path.join(folder, 'config.yaml');
  writeFileSync(config, configuration);
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [
      ...[command, 'serve', '--address', '127.0.0.1', '--port', String(tlsPort), '--health-port', '0'],
      ...['--config', config, '--kubeconfig', kubeconfig, '--drain', String(drainSeconds)],
      ...('arguments' in certificates
        ? certificates.arguments
        : [
            '--tls-cert',
            path.join(certificates.folder, 'tls.crt'),
            '--tls-key',
            path.join(certificates.folder, 'tls.key'),
          ]),
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...(leaseNamespace !== undefined && { POD_NAMESPACE: leaseNamespace }) },
    },
  );
  const killed = (): void => void child.kill('SIGKILL');
  process.once('exit', killed);
  const ended = once(child, 'exit').then(() => {
    process.off('exit', killed);
    rmSync(folder, { recursive: true, force: true });
  });
  const lines: string[] = [];
  const ports = await Promise.race([portsOf(child, lines), ended]);
  if (ports === undefined) throw new Error(`the webhook ended:\n${lines.join('\n')}`);
  const get = async (page: string): Promise<{ readonly status: number; readonly text: string }> => {
    const response = await fetch(`http://127.0.0.1:${ports.plainPort}${page}`);
    return { status: response.status, text: await response.text() };
  };
  const readiness = (): ReturnType<Webhook['readiness']> => get('/readyz?verbose');
  while ((await readiness()).status !== 200) await new Promise((resolve) => setTimeout(resolve, 10));
  return {
    ...ports,
    pid: child.pid ?? 0,
    millisecondsToReady: performance.now() - started,
    lines,
    configure(text) {
      writeFileSync(config, text);
    },
    readiness,
    metrics: async () => new Samples((await get('/metrics')).text),
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** From the line of its log that says where it listens. */
function portsOf(child: ChildProcess, lines: string[]): Promise<{ tlsPort: number; plainPort: number }> {
  return new Promise((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        const found = /"tlsPort":(\d+),"plainPort":(\d+)/.exec(line);
        if (found !== null) resolve({ tlsPort: Number(found[1]), plainPort: Number(found[2]) });
      });
    }
  });
}

/** What /metrics said at one moment. */
export class Samples {
  constructor(private readonly text: string) {}

  /** The sum over all samples of that name that carry all of these labels; 0 where there is none. */
  sum(name: string, labels: Readonly<Record<string, string>> = {}): number {
    const wanted = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
    return this.text
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
      .filter((line) => wanted.every((label) => line.includes(label)))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  }

  /** Reviews of any kind and outcome. */
  reviews(labels: Readonly<Record<string, string>> = {}): number {
    return this.sum('buildless_admission_reviews_total', labels);
  }

  /** Requests of the controller to the API server. */
  requests(labels: Readonly<Record<string, string>> = {}): number {
    return this.sum('buildless_control_requests_total', labels);
  }
}
