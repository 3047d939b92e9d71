import jsonPatch, { type Operation } from 'fast-json-patch';

/**
 * The JSON Patch (RFC 6902) from one object to another. Subtrees that are the same object on both sides are not looked at,
 * so its cost is that of what was changed.
 */
export const patchBetween = (before: object, after: object): readonly Operation[] => jsonPatch.compare(before, after);
