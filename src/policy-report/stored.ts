/** Reports as the API server has them: whether they say the same, and since when. */
import { createHash } from 'node:crypto';
import { isJsonObject, type JsonObject } from '../json/object.ts';
import type { Timestamp } from './report.ts';

/** Equal for reports that say the same, whenever they were written and by whichever copy of the controller. */
export function contentHash(object: object): string {
  const { scope, source, summary, results } = { ...object } as JsonObject;
  const listed = Array.isArray(results) ? results.map(resultHash) : [];
  return hashOf([scope, source, summary, listed]);
}

/** Stands for a result without its time. */
export function resultHash(result: unknown): string {
  if (!isJsonObject(result)) return hashOf(result);
  return hashOf(Object.fromEntries(Object.entries(result).filter(([key]) => key !== 'timestamp')));
}

/** When the results of a report were found, by `resultHash`. */
export function timesOf(object: object): ReadonlyMap<string, Timestamp> {
  const { results } = { ...object } as JsonObject;
  const times = new Map<string, Timestamp>();
  for (const result of Array.isArray(results) ? results : []) {
    const time = isJsonObject(result) ? result.timestamp : undefined;
    if (!isJsonObject(time) || typeof time.seconds !== 'number' || typeof time.nanos !== 'number') continue;
    times.set(resultHash(result), { seconds: time.seconds, nanos: time.nanos });
  }
  return times;
}

const hashOf = (value: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(sorted(value)))
    .digest('hex')
    .slice(0, 32);

/** The API server does not keep the order of keys. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key])]));
}
