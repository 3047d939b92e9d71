import type { Random } from './random.ts';
import { HOSTILE_TEXTS } from './texts.ts';

const pick = <Item>(items: readonly Item[], next: Random, otherwise: Item): Item =>
  items[next.below(items.length)] ?? otherwise;

const nested = (levels: number): unknown => JSON.parse('[['.repeat(levels) + ']]'.repeat(levels)) as unknown;

/** What stands in the place of another value. */
const VALUES: readonly ((next: Random) => unknown)[] = [
  () => null,
  () => undefined,
  () => ({}),
  () => [],
  () => '',
  () => 0,
  () => -1,
  () => 1e308,
  () => true,
  () => [null],
  () => ({ name: null }),
  () => ({ '': '', constructor: 1, toString: null, hasOwnProperty: [] }),
  (next) => pick(HOSTILE_TEXTS, next, { name: '', text: () => 'x' }).text(next.below(10) === 0 ? 100_000 : 100),
  (next) => nested(next.below(20) === 0 ? 700 : 20),
  () => '__proto__',
  () => 'buildless-app',
  () => 'auto',
  () => 'Windows',
  () => '\u0000\ud800\u202e',
];

/** Changes one to four places of the object of a review. */
export function mutateStructure(body: string, next: Random): string {
  let review: unknown = JSON.parse(body);
  for (let change = 0; change <= next.below(4); change += 1) {
    const places = placesOf(review, 6 + next.below(6));
    review = replaced(review, pick(places, next, []), pick(VALUES, next, () => null)(next), next);
  }
  return JSON.stringify(review);
}

type Place = readonly (string | number)[];

/** Below request.object mostly, as that is what an author writes. */
function placesOf(value: unknown, deepest: number, at: Place = []): readonly Place[] {
  if (typeof value !== 'object' || value === null || at.length >= deepest) return [at];
  const entries: readonly (readonly [string, unknown])[] = Object.entries(value);
  const inside = entries.flatMap(([key, item]) =>
    placesOf(item, deepest, [...at, Array.isArray(value) ? Number(key) : key]),
  );
  const isObject = at[0] === 'request' && at[1] === 'object';
  return isObject ? [at, ...inside] : inside;
}

function replaced(value: unknown, [key, ...rest]: Place, by: unknown, next: Random): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown, index) => (index === key ? replaced(item, rest, by, next) : item));
    // The same again, as lists of names may have it.
    return next.below(8) === 0 ? [...items, ...items] : items;
  }
  if (typeof value !== 'object' || value === null) return by;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, name === key ? replaced(item, rest, by, next) : item]),
  );
}

/** Flips, removes and repeats some bytes. */
export function mutateBytes(body: Buffer, next: Random): Buffer {
  let bytes = body;
  for (let change = 0; change <= next.below(4); change += 1) {
    const at = next.below(bytes.length + 1);
    const length = next.below(16);
    const before = bytes.subarray(0, at);
    switch (next.below(4)) {
      case 0:
        bytes = Buffer.concat([before, Buffer.from([next.below(256)]), bytes.subarray(at + 1)]);
        break;
      case 1:
        bytes = Buffer.concat([before, bytes.subarray(at + length)]);
        break;
      case 2:
        bytes = Buffer.concat([before, bytes.subarray(at, at + length), bytes.subarray(at)]);
        break;
      default:
        bytes = Buffer.concat([
          before,
          Buffer.from(pick(['"', '{', '}', '[', ',', '\\u', '\u0000', '1e999'], next, '"')),
          bytes.subarray(at),
        ]);
    }
  }
  return bytes;
}
