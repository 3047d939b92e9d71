/** Whether a value is nested deeper than a number of levels. Not by calling itself: that is what this protects from. */
export function isDeeperThan(levels: number, value: unknown): boolean {
  let current: readonly object[] = typeof value === 'object' && value !== null ? [value] : [];
  for (let level = 0; current.length > 0; level += 1) {
    if (level > levels) return true;
    const next: object[] = [];
    for (const item of current) {
      const inside: readonly unknown[] = Object.values(item);
      for (const inner of inside) {
        if (typeof inner === 'object' && inner !== null) next.push(inner);
      }
    }
    current = next;
  }
  return false;
}
