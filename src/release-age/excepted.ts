import type { Language } from '../function/languages.ts';
import { LOCKED_RELEASES } from './languages.ts';

/**
 * Whether versions of a package may be of any age.
 *
 * @param exceptions names, or beginnings with `*` at their end
 */
export function isExcepted(name: string, language: Language, exceptions: readonly string[]): boolean {
  const normal = LOCKED_RELEASES.has(language) ? LOCKED_RELEASES.of(language).normalName : (text: string) => text;
  return exceptions.some((exception) =>
    exception.endsWith('*')
      ? normal(name).startsWith(exception.slice(0, -1).toLowerCase())
      : normal(name) === normal(exception),
  );
}
