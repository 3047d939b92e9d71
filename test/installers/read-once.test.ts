import { describe, expect, it } from 'vitest';
import { judge } from '../../src/admission/judgement.ts';
import type { Language } from '../../src/function/languages.ts';
import { settingsOf } from '../../src/dependencies/settings.ts';
import { DEFAULT_CONFIGURATION } from '../../src/config/defaults.ts';

/** How often the files are read while a source is judged for so many versions of its language. */
function readsFor(language: Language, texts: Readonly<Record<string, string>>, versions: number): number {
  let reads = 0;
  const counted = new (class extends Map<string, Uint8Array> {
    override get(name: string): Uint8Array | undefined {
      reads += 1;
      return super.get(name);
    }
  })(Object.entries(texts).map(([name, text]) => [name, Buffer.from(text)]));
  judge(counted, {
    language,
    versions: Array.from({ length: versions }, (_, number) => String(20 + number)),
    settings: settingsOf(DEFAULT_CONFIGURATION.dependencies, language),
  });
  return reads;
}

const asks = (packages: number): string =>
  JSON.stringify({ dependencies: Object.fromEntries(Array.from({ length: packages }, (_, n) => [`p${n}`, '1.0.0'])) });

const SOURCES: Readonly<Record<string, readonly [Language, Readonly<Record<string, string>>]>> = {
  'package.json': ['nodejs', { 'package.json': asks(2) }],
  'package.json with more packages than are judged': ['nodejs', { 'package.json': asks(2001) }],
  'package.json that is not JSON': ['nodejs', { 'package.json': '{' }],
  'requirements.txt': ['python', { 'requirements.txt': 'a==1.0.0\n' }],
  'requirements.txt that cannot be read': ['python', { 'requirements.txt': 'a==\n' }],
};

describe('a source is read as often for all versions of its language as for one', () => {
  it.each(Object.entries(SOURCES))('%s', (_title, [language, texts]) => {
    expect(readsFor(language, texts, 6)).toBe(readsFor(language, texts, 1));
  });
});
