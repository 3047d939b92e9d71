import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../function/duration.ts';

/** Reads `90s`, `15m`, `24h` or `365d` as seconds, at least one. */
export function duration(text: string): number {
  const seconds = parseDuration(text);
  if (seconds !== undefined) return seconds;
  throw new InvalidArgumentError('Expected a duration such as 90s, 15m, 24h or 365d.');
}
