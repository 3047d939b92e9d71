/**
 * Texts that look harmless and are meant to keep a reader busy: a beginning, what is repeated to the wanted length, and an end
 * that makes every attempt fail.
 */
export interface HostileText {
  readonly name: string;
  readonly text: (length: number) => string;
}

/** @param length of the whole, about */
export const repeated = (unit: string, length: number, prefix = '', suffix = ''): string =>
  prefix + unit.repeat(Math.max(1, Math.floor(length / unit.length))) + suffix;

const of = (unit: string, prefix = '', suffix = ''): HostileText => ({
  name: JSON.stringify(`${prefix}(${unit})*${suffix}`).slice(1, -1),
  text: (length) => repeated(unit, length, prefix, suffix),
});

/** For any field. */
export const HOSTILE_TEXTS: readonly HostileText[] = [
  of('a'),
  of('/', '/a', 'x'),
  of('a/../', '/buildless/'),
  of('a/a/../', '/buildless/'),
  of('a-', '', '!'),
  of('a.a', '', '!'),
  of('..', 'a', '!'),
  of('[', 'spec'),
  of(']', 'x['),
  of('github:', '', ' '),
  of('https://a:b@h/', '', ' '),
  of('https://', '', '@'),
  of('a:', 'https://'),
  of('$(A)', '', '$('),
  of('${', '${', ' '),
  of('\\', '', 'x'),
  of('%2', '', '%'),
  of(' ', 'a', 'a'),
  of('\u2028'),
  of('\n', 'a', 'a'),
  of('\ud83d'),
  of('"', '{"a":'),
  of('[', '', ''),
  of('{"a":', '', '1'),
  of('/a', 'git+https://h/p?dir=', '/'),
  of('/', 'git+https://h/p?dir=a', 'x'),
  of('&dir=a', 'git+https://h/p?ref=a'),
  of('@', 'git+https://', ''),
  of('a/', 'configmap:', ''),
  of('1', '', 'x'),
  of('0.', '', 'x'),
];
