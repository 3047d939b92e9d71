import { InvalidArgumentError } from 'commander';

const UNITS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
const LONGEST_SECONDS = 3650 * UNITS.d;

/** Reads `90s`, `15m`, `24h` or `365d` as seconds, at least one. */
export function duration(text: string): number {
  const found = /^(\d+)([smhd])$/.exec(text);
  const unit = Object.entries(UNITS).find(([name]) => name === found?.[2])?.[1] ?? 0;
  const seconds = Number(found?.[1] ?? 0) * unit;
  if (seconds >= 1 && seconds <= LONGEST_SECONDS) return seconds;
  throw new InvalidArgumentError('A duration such as 90s, 15m, 24h or 365d is expected.');
}
