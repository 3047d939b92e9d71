import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { cluster, type Opened } from './given.ts';
import { coreApi, ROOT } from './kubectl.ts';
import { Samples } from './webhook.ts';

const COMMAND = path.join(ROOT, 'dist/buildless.mjs');

export interface ControllerOptions {
  readonly kubeconfig?: string;
  /** Text of the configuration file. */
  readonly configuration?: string;
  readonly resolver?: string;
  /** Of the Lease. */
  readonly namespace: string;
  /** Until another one takes over from one that was killed. */
  readonly leaseSeconds?: number;
  /** Folder with the secrets of Git hosts. */
  readonly pushSecrets?: string;
  /** Another build of the command. */
  readonly command?: string;
}

/** `buildless control`, a process of its own. */
export interface ControllerProcess {
  readonly plainPort: number;
  /** Undefined without secrets. */
  readonly pushPort: number | undefined;
  readonly pid: number;
  /** Its log. */
  readonly lines: readonly string[];
  configure(text: string): void;
  metrics(): Promise<Samples>;
  readiness(): Promise<{ readonly status: number; readonly text: string }>;
  /** Waits until it leads. */
  untilLeading(): Promise<void>;
  /** SIGTERM; resolves when the process has ended. */
  stop(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
}

export async function startController(options: ControllerOptions): Promise<ControllerProcess> {
  const folder = mkdtempSync(path.join(tmpdir(), 'buildless-control-'));
  const config = path.join(folder, 'config.yaml');
  writeFileSync(config, options.configuration ?? '');
  const child = spawn(
    process.execPath,
    [
      ...[
        options.command ?? COMMAND,
        'control',
        '--address',
        '127.0.0.1',
        '--health-port',
        '0',
        '--namespace',
        options.namespace,
      ],
      ...['--kubeconfig', options.kubeconfig ?? cluster().kubeconfig, '--config', config],
      ...['--lease', String(options.leaseSeconds ?? 15)],
      ...(options.resolver === undefined ? [] : ['--resolver', options.resolver]),
      ...(options.pushSecrets === undefined ? [] : ['--push-secrets', options.pushSecrets, '--push-port', '0']),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, POD_IP: '127.0.0.1' } },
  );
  const killed = (): void => void child.kill('SIGKILL');
  process.once('exit', killed);
  const ended = once(child, 'exit').then(() => {
    process.off('exit', killed);
    rmSync(folder, { recursive: true, force: true });
  });
  const lines: string[] = [];
  const listening = new Promise<{ readonly plainPort: number; readonly pushPort?: number }>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        if (line.includes('"plainPort":')) resolve(JSON.parse(line) as { plainPort: number });
      });
    }
  });
  const ports = await Promise.race([listening, ended]);
  if (ports === undefined) throw new Error(`the controller ended:\n${lines.join('\n')}`);
  const { plainPort, pushPort } = ports;
  const get = async (page: string): Promise<{ readonly status: number; readonly text: string }> => {
    const response = await fetch(`http://127.0.0.1:${plainPort}${page}`);
    return { status: response.status, text: await response.text() };
  };
  const metrics = async (): Promise<Samples> => new Samples((await get('/metrics')).text);
  return {
    plainPort,
    pushPort,
    pid: child.pid ?? 0,
    lines,
    configure(text) {
      writeFileSync(config, text);
    },
    metrics,
    readiness: () => get('/readyz?verbose'),
    async untilLeading() {
      for (let tries = 0; tries < 600; tries += 1) {
        if ((await metrics()).sum('buildless_control_leader') === 1) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error(`it does not lead:\n${lines.join('\n')}`);
    },
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

/** The controller for a test file: one process that leads. */
export interface InstalledController {
  /** Of the Lease. */
  readonly namespace: string;
  /** The one that runs now. */
  controller(): ControllerProcess;
  /** Starts another one, without a wait for the Lease. */
  start(more?: Partial<ControllerOptions>): Promise<ControllerProcess>;
}

export async function installController(
  options: Partial<ControllerOptions> = {},
): Promise<Opened<InstalledController>> {
  const namespace = `control-${process.pid}-${Math.random().toString(36).slice(2, 7)}`;
  await coreApi().createNamespace({ body: { metadata: { name: namespace, labels: { 'buildless-test': 'yes' } } } });
  const common = { namespace, ...options };
  let controller = await startController(common);
  await controller.untilLeading();
  const others: ControllerProcess[] = [];
  return {
    value: {
      namespace,
      controller: () => controller,
      async start(more = {}) {
        others.push(controller);
        controller = await startController({ ...common, ...more });
        return controller;
      },
    },
    async close() {
      await Promise.all([controller, ...others].map((each) => each.stop()));
      await coreApi().deleteNamespace({ name: namespace });
    },
  };
}
