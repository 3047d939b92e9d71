export type JsonObject = Readonly<Record<string, unknown>>;

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const objectAt = (object: JsonObject, key: string): JsonObject => {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  return isJsonObject(value) ? value : {};
};

/** A file of JSON as an object; undefined where it is none. A byte order mark is passed over, as npm does. */
export function parseJsonFile(content: Uint8Array | undefined): JsonObject | undefined {
  if (content === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(content));
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
