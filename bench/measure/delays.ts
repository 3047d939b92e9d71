/**
 * How late timers of this process were, at worst, in milliseconds.
 *
 * @param interval of the timer, in milliseconds
 */
export function delays(interval: number): { readonly stop: () => number } {
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last - interval);
    last = now;
  }, interval);
  return {
    stop: () => {
      clearInterval(timer);
      return longest;
    },
  };
}
