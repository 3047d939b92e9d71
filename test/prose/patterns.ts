/** Wording that reads as translated, each with what to write instead. Checked by prose.test.ts. */
export interface Pattern {
  readonly wording: RegExp;
  readonly cure: string;
  /** Good English in a page, where a sentence may begin so, but a poor start for a message. */
  readonly messagesOnly?: true;
  /** Good English in some comments. */
  readonly notInComments?: true;
}

export const PATTERNS: readonly Pattern[] = [
  {
    wording: /(?<!\bthere )\b(?:is|are|was|were) no (?!longer\b|more\b|less\b|later\b)[a-z]/i,
    cure: '"X is not a Y", "Z is missing", "Z was not found"',
  },
  {
    wording: /(?:^|[:;,] (?:and |but )?)there (?:is|are|was|were) no\b/i,
    cure: '"Z is missing", "Z was not found"',
    messagesOnly: true,
  },
  {
    wording: /, [a-z]+ not\.$/i,
    cure: 'say what the other one does not do: "Kyma\'s image includes it; Buildless\'s does not."',
  },
  { wording: /\banew\b|\bonce more\b/i, cure: '"again"' },
  { wording: /\b(?:is|are|was|were) (?:said|told)\b/i, cure: '"is reported", "prints", "warns"', notInComments: true },
  { wording: /\bby (?:itself|themselves)\b/i, cure: '"automatically", or name who does it', notInComments: true },
  { wording: /\bgo(?:es)? before\b/i, cure: '"takes precedence over"', notInComments: true },
  { wording: /\b(?:lies?|stands?) (?:beside|next to)\b/i, cure: '"is next to"' },
  { wording: /\bstands? (?:in|at|on|behind|there)\b/i, cure: '"is in"', notInComments: true },
  { wording: /, too\b/i, cure: 'leave "too" out, or write "also" before the verb', notInComments: true },
  { wording: /\bas ones\b|\bthat of\b/i, cure: 'name the thing again', notInComments: true },
  { wording: /\bsuch as are\b/i, cure: 'say which: "entries that ..."' },
  { wording: /\b(?:is|are) held by\b/i, cure: '"is limited by", "the bottleneck is"' },
  {
    wording: /\b(?:is|are) expected\.?$/i,
    cure: '"expected an integer", "expected a port from 1 to 65535"',
    notInComments: true,
  },
  { wording: /\bwhere there (?:is|are|was|were)\b/i, cure: '"if there is"' },
  { wording: /\b(?:is|are|was|were) not there\b/i, cure: '"is missing", "does not exist"' },
  { wording: /\bwhen (?:it|they) (?:is|are) made\b/i, cure: '"when it is created"' },
  {
    wording: /\b(?:undefined|absent|empty|null|none|false|throws|rejects) where\b/i,
    cure: '"if": "undefined if the file is missing"',
  },
  { wording: /\ban own\b/i, cure: '"its own"' },
  { wording: /\ba text\b/i, cure: '"a string"' },
];

/** A sentence that begins with a relative clause: "What cannot be loaded ends the process." A question is one as well. */
export const RELATIVE_START: Pattern = {
  wording: /^(?:What|Who) [^?]*$/,
  cure: 'begin with the subject: "If the handler cannot be loaded, the process exits."',
};
