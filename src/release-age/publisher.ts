/** Who published a version, as its registry shows it: a person's account or token, or a pipeline without either. */
export type Publisher = 'account' | `trusted:${string}`;

export const isTrusted = (publisher: Publisher | undefined): boolean => publisher?.startsWith('trusted:') === true;

export const isPublisher = (text: unknown): text is Publisher =>
  typeof text === 'string' && text.length <= 100 && (text === 'account' || text.startsWith('trusted:'));

/** For a sentence. */
export function describePublisher(publisher: Publisher | undefined): string {
  if (publisher === undefined) return 'somebody whom its registry does not show';
  return publisher === 'account'
    ? 'an account or token'
    : `the trusted publisher ${publisher.slice('trusted:'.length)}`.trimEnd();
}
