import { vi } from 'vitest';

/**
 * Tries until the check passes. Time enough for a busy machine (vitest's own default is one second): nothing that is
 * tested depends on how long it takes.
 */
export const eventually = (check: () => unknown): Promise<unknown> =>
  vi.waitFor(check, { timeout: 30_000, interval: 10 });
