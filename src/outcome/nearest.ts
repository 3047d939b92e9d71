/**
 * The candidate that a typing error most likely meant.
 *
 * @returns undefined if nothing is near (more than a third of the letters differ), or two are equally near
 * @example nearest('runtme', ['runtime', 'handler']) // 'runtime'
 */
export function nearest(text: string, candidates: readonly string[]): string | undefined {
  // The distance is at least the difference in length: what is far longer, however long, is not compared.
  const near = candidates.filter((candidate) => Math.abs(candidate.length - text.length) <= tolerance(candidate));
  const scored = near.map((candidate) => ({
    candidate,
    distance: editDistance(text.toLowerCase(), candidate.toLowerCase()),
  }));
  const [best, second] = scored.sort((a, b) => a.distance - b.distance);
  if (best?.distance === second?.distance) return undefined;
  return best !== undefined && best.distance <= tolerance(best.candidate) ? best.candidate : undefined;
}

const tolerance = (candidate: string): number => Math.max(1, Math.floor(candidate.length / 3));

/** Levenshtein distance of two texts of about the same, small length. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substituted = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(substituted, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
