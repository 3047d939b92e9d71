/**
 * Answers hostile reviews one after the other in a process of its own, and prints what each costs: `measure.ts BYTES [PART/PARTS]`.
 * A line before each names it, so that one that never ends is known.
 */
import { createMutate } from '../../src/admission/mutate.ts';
import { judge } from '../../src/admission/judgement.ts';
import { parseReview, type Reviewer } from '../../src/admission/review.ts';
import { createValidate } from '../../src/admission/validate.ts';
import { sourceOf, contextWith } from '../admission/review-of.ts';
import { HOSTILE_REVIEWS } from './reviews.ts';

const [bytes, part = '1/1', only = ''] = process.argv.slice(2);
const [index = 1, parts = 1] = part.split('/').map(Number);

const context = contextWith({
  source: sourceOf({ 'handler.js': '', 'handler.py': '' }),
  // Nothing is remembered: each is judged.
  judge: ({ files, basis }) => Promise.resolve(judge(files, basis)),
});
const reviewers: Readonly<Record<'mutate' | 'validate', Reviewer>> = {
  mutate: createMutate(context),
  validate: createValidate(context),
};

for (const [number, { name, webhook, body }] of HOSTILE_REVIEWS.entries()) {
  if (number % parts !== index - 1 || !name.includes(only)) continue;
  const text = body(Number(bytes));
  process.stdout.write(`${JSON.stringify({ name, bytes: text.length })}\n`);
  const before = process.cpuUsage();
  const parsed = parseReview(JSON.parse(text));
  if ('problem' in parsed) throw new Error(parsed.problem);
  const { response, codes } = await reviewers[webhook](parsed.request);
  const answer = JSON.stringify(response);
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(
    `${JSON.stringify({ name, milliseconds: (user + system) / 1000, answer: answer.length, message: response.status?.message.length ?? 0, codes })}\n`,
  );
}
