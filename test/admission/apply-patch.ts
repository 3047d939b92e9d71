import jsonPatch, { type Operation } from 'fast-json-patch';

/** An object as the API server makes it of a webhook's patch, in base64. */
export function applyPatch(object: object | undefined, patch: string | undefined): Record<string, unknown> {
  const copy: Record<string, unknown> = { ...structuredClone(object) };
  if (patch === undefined) return copy;
  const operations = JSON.parse(Buffer.from(patch, 'base64').toString()) as Operation[];
  return jsonPatch.applyPatch(copy, operations, true).newDocument;
}
