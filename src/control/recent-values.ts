/** Values that were asked for last, as long as all of them together are small enough. */
export class RecentValues<Value> {
  private readonly values = new Map<string, { readonly value: Value; readonly size: number }>();
  private size = 0;

  constructor(private readonly largest: number) {}

  get(key: string): Value | undefined {
    const found = this.values.get(key);
    if (found === undefined) return undefined;
    this.values.delete(key);
    this.values.set(key, found);
    return found.value;
  }

  set(key: string, value: Value, size: number): void {
    this.delete(key);
    if (size > this.largest) return;
    this.values.set(key, { value, size });
    this.size += size;
    for (const [oldest] of this.values) {
      if (this.size <= this.largest) return;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const found = this.values.get(key);
    if (found === undefined) return;
    this.values.delete(key);
    this.size -= found.size;
  }
}
