/** What a reader of a conversion should know. */
export interface Note {
  readonly kind: NoteKind;
  /** Field of the Kyma Function, e.g. `spec.scaleConfig`; absent if a note is about the whole. */
  readonly field?: string;
  /** One sentence without a full stop at its end. */
  readonly text: string;
}

/** The kinds of notes, in the order in which they are shown: what needs a hand first. */
export const NOTE_KINDS = ['to do', 'dropped', 'changed', 'added', 'chosen', 'new API'] as const;
export type NoteKind = (typeof NOTE_KINDS)[number];
