const PATIENCE = 30_000;
const INTERVAL = 10;

/**
 * Tries until the check passes. Time enough for a busy machine: nothing that is tested depends on how long it takes. Without
 * Vitest, since benchmarks wait as tests do.
 */
export async function eventually<Result>(check: () => Result): Promise<Awaited<Result>> {
  const latest = performance.now() + PATIENCE;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > latest) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, INTERVAL));
  }
}
