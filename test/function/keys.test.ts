import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import * as keys from '../../src/function/keys.ts';

const SOURCE = path.resolve(import.meta.dirname, '../../src');
const KEY = /buildless\.dev\/([a-z]+(?:-[a-z]+)*)/g;

const textsOf = (value: unknown): readonly string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(textsOf)
      : [];
const FILES = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(?:ts|py)$/.test(file));
/** Messages call the three labels of the policy `buildless.dev/dependencies-*` together. */
const KNOWN = new Set([...textsOf({ ...keys }), 'buildless.dev/dependencies']);

describe('the names of labels and annotations', () => {
  it('exist wherever a message or a comment mentions one', () => {
    const unknown = FILES.flatMap((file) =>
      [...readFileSync(path.join(SOURCE, file), 'utf8').matchAll(KEY)].flatMap(([name]) =>
        KNOWN.has(name) ? [] : [`${file}: ${name}`],
      ),
    );
    expect(KNOWN.size).toBeGreaterThan(20);
    expect(unknown).toEqual([]);
  });
});
