/** The built controller as a process, and what it says of itself. */
import path from 'node:path';
import { startProcess, type MeasuredProcess } from '../measure/measured-process.ts';

export interface Spent {
  readonly requests: number;
  readonly reports: number;
  readonly cpuMilliseconds: number;
}

export class ControllerUnderLoad {
  readonly process: MeasuredProcess;

  constructor(
    kubeconfig: string,
    namespace: string,
    private readonly port: number,
  ) {
    this.process = startProcess({
      args: [
        ...[path.resolve('dist/buildless.mjs'), 'control', '--namespace', namespace, '--log-level', 'warn'],
        ...['--kubeconfig', kubeconfig, '--address', '127.0.0.1', '--health-port', String(port)],
      ],
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }

  /** All so far. */
  async spent(): Promise<Spent> {
    const sum = await this.sums();
    return {
      requests: sum('buildless_control_requests_total'),
      reports: sum('buildless_control_reports_total'),
      cpuMilliseconds: this.process.cpuMicroseconds() / 1000,
    };
  }

  /** Entries of the denied list that it has in force. */
  async denied(): Promise<number> {
    return (await this.sums())('buildless_denied_entries');
  }

  private async sums(): Promise<(metric: string) => number> {
    const text = await (await fetch(`http://127.0.0.1:${this.port}/metrics`)).text();
    return (metric) =>
      text
        .split('\n')
        .filter((line) => line.startsWith(`${metric}{`) || line.startsWith(`${metric} `))
        .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  }

  async spentSince(before: Spent): Promise<Spent> {
    const now = await this.spent();
    return {
      requests: now.requests - before.requests,
      reports: now.reports - before.reports,
      cpuMilliseconds: now.cpuMilliseconds - before.cpuMilliseconds,
    };
  }
}
