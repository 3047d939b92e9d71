/** A field of what the API server sent; undefined if any part of the path is missing. */
export function field(value: unknown, ...keys: readonly string[]): unknown {
  let found = value;
  for (const key of keys) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = Object.getOwnPropertyDescriptor(found, key)?.value;
  }
  return found;
}

export const text = (value: unknown, ...keys: readonly string[]): string => {
  const found = field(value, ...keys);
  return typeof found === 'string' ? found : '';
};

export const count = (value: unknown, ...keys: readonly string[]): number => {
  const found = field(value, ...keys);
  return typeof found === 'number' ? found : 0;
};

export const list = (value: unknown, ...keys: readonly string[]): readonly unknown[] => {
  const found = field(value, ...keys);
  return Array.isArray(found) ? found : [];
};
