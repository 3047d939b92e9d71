import type { Health } from '../certificates/source.ts';

/** Whether a thing that reviews depend on is as it should be; asked at each probe, so cheap. */
export type Check = () => Health;
export type Checks = Readonly<Record<string, Check>>;

export interface Readiness {
  readonly ready: boolean;
  /** One line a check, as kube-apiserver's own /readyz?verbose has them. */
  readonly report: string;
}

/** Ready while every check is well. */
export function readiness(checks: Checks): Readiness {
  const results = Object.entries(checks).map(([name, check]) => ({ name, health: check() }));
  const ready = results.every(({ health }) => health.ok);
  const lines = results.map(({ name, health }) =>
    health.ok
      ? `[+]${name} ok${health.but === undefined ? '' : `, but ${health.but}`}`
      : `[-]${name} failed: ${health.reason}`,
  );
  return { ready, report: [...lines, ready ? 'ready' : 'not ready', ''].join('\n') };
}
