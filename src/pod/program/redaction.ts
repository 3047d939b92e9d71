/** Takes what must not be read out of text before it is printed. */
export type Redactor = (text: string) => string;

const MASK = '***';

/** Shorter values would turn up in ordinary words; the patterns below still catch them where they stand as credentials. */
const SHORTEST_LITERAL = 4;

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/(https?:\/\/)[^\s/@"']+@/gi, `$1${MASK}@`],
  [/(:\/\/)[^\s/@:"']*:[^\s/@"']*@/gi, `$1${MASK}@`],
  [/(_authToken|_auth|_password)(\s*[=:]\s*)("[^"]*"|\S+)/gi, `$1$2${MASK}`],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9+/._~=-]{4,}/g, `$1 ${MASK}`],
];

/**
 * Makes a redactor for known secrets; credentials in URLs and in headers are found without being known.
 *
 * @param secrets values as they are stored; their forms in a URL and in base64 are looked for too
 */
export function createRedactor(secrets: Iterable<string>): Redactor {
  const literals = new Set<string>();
  for (const secret of secrets) {
    for (const form of [secret, ...urlForms(secret), Buffer.from(secret, 'utf8').toString('base64')]) {
      if (form.length >= SHORTEST_LITERAL) literals.add(form);
    }
  }
  // The longest first, so that a secret that contains another goes as a whole.
  const ordered = [...literals].sort((a, b) => b.length - a.length);
  return (text) => {
    const withoutLiterals = ordered.reduce((rest, literal) => rest.replaceAll(literal, MASK), text);
    return PATTERNS.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), withoutLiterals);
  };
}

/** JavaScript and RFC 3986 differ in what they leave as it is. */
function urlForms(secret: string): string[] {
  const form = encodeURIComponent(secret);
  const strict = form.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  return [form, strict];
}
