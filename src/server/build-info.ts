import { Gauge, type Registry } from 'prom-client';

/** As Prometheus' own servers show their version. */
export function showBuildInfo(registry: Registry, version: string): void {
  new Gauge({
    name: 'buildless_build_info',
    help: 'Always 1; the label has the version.',
    labelNames: ['version'],
    registers: [registry],
  }).set({ version }, 1);
}
