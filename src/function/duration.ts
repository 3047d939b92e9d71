const UNITS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
const LONGEST_SECONDS = 3650 * UNITS.d;

/** Reads `90s`, `15m`, `24h` or `365d` as seconds; undefined for another text, for none at all and for over ten years. */
export function parseDuration(text: string): number | undefined {
  const found = /^(\d{1,10})([smhd])$/.exec(text);
  const unit = Object.entries(UNITS).find(([name]) => name === found?.[2])?.[1] ?? 0;
  const seconds = Number(found?.[1] ?? 0) * unit;
  return seconds >= 1 && seconds <= LONGEST_SECONDS ? seconds : undefined;
}
