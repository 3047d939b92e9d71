import { describe, expect, it } from 'vitest';
import {
  decideMarks,
  type LiveMarks,
  type Marks,
  type Stamping,
  type WorkloadChange,
} from '../../../src/admission/stamping/decide.ts';

const NONE: Marks = { stamp: undefined, followed: undefined };
/** Of the source at three moments. */
const ONE: LiveMarks = { stamp: 'files:hello-1111111111', followed: '1'.repeat(32) };
const TWO: LiveMarks = { stamp: 'files:hello-2222222222', followed: '2'.repeat(32) };
const THREE: LiveMarks = { stamp: 'files:hello-3333333333', followed: '3'.repeat(32) };
const UNKNOWN: Stamping = { stamp: undefined, followed: 'none' };

const change = (given: Partial<WorkloadChange>): WorkloadChange => ({
  old: undefined,
  new: NONE,
  lastApplied: NONE,
  isTemplateNew: false,
  keeps: false,
  isSourceNew: false,
  isStored: false,
  live: undefined,
  ...given,
});

type Row = readonly [title: string, given: Partial<WorkloadChange>, expected: Stamping];

const created: readonly Row[] = [
  ["gets the source's revision", { live: ONE }, ONE],
  ["gets the source's revision, whatever stamp the manifest brings", { new: TWO, isStored: true, live: ONE }, ONE],
  ['follows nothing if the source is not known yet', {}, UNKNOWN],
  ['follows nothing, whatever marks the manifest brings', { new: TWO, isStored: true }, UNKNOWN],
];

const LOST = { old: ONE, new: NONE };
const SAME = { old: ONE, new: ONE };

const updated: readonly Row[] = [
  // kubectl replace, helm upgrade --force
  ['keeps a lost stamp and a lost followed', { ...LOST, live: ONE }, ONE],
  ['keeps them if the template is another', { ...LOST, isTemplateNew: true, live: ONE }, ONE],
  [
    'keeps the stamp of a Job whose template a queue changes, whatever the source is by now',
    {
      old: { ...NONE, stamp: ONE.stamp },
      new: { ...NONE, stamp: ONE.stamp },
      isTemplateNew: true,
      keeps: true,
      live: TWO,
    },
    { ...NONE, stamp: ONE.stamp },
  ],
  [
    'gives a Job that was created before there was a controller the revision that it starts with',
    { old: NONE, new: NONE, isTemplateNew: true, keeps: true, live: TWO },
    TWO,
  ],
  ['keeps a lost followed alone', { ...SAME, new: { ...ONE, followed: undefined } }, ONE],
  ['keeps a lost stamp alone, as an operator loses it', { ...LOST, new: { ...NONE, followed: ONE.followed } }, ONE],
  ['keeps them while the source is not known', { ...LOST, isTemplateNew: true }, ONE],
  // kubectl rollout undo
  [
    'takes a stamp that names an existing revision: an undo',
    { old: TWO, new: { ...TWO, stamp: ONE.stamp }, isTemplateNew: true, isStored: true, live: TWO },
    { stamp: ONE.stamp, followed: TWO.followed },
  ],
  [
    'takes it even if the source moved on meanwhile, which the controller rolls out',
    { old: TWO, new: { ...TWO, stamp: ONE.stamp }, isTemplateNew: true, isStored: true, live: THREE },
    { stamp: ONE.stamp, followed: TWO.followed },
  ],
  [
    'keeps an undone stamp when something else of the template changes',
    {
      old: { stamp: ONE.stamp, followed: TWO.followed },
      new: { stamp: ONE.stamp, followed: TWO.followed },
      isTemplateNew: true,
      live: TWO,
    },
    { stamp: ONE.stamp, followed: TWO.followed },
  ],
  [
    'refuses a stamp that names nothing',
    { old: TWO, new: { ...TWO, stamp: ONE.stamp }, live: TWO },
    { ...TWO, rejected: 'not-stored' },
  ],
  [
    'refuses the stamp of an exported manifest that is applied',
    {
      old: TWO,
      new: { ...TWO, stamp: ONE.stamp },
      lastApplied: { ...NONE, stamp: ONE.stamp },
      isStored: true,
      live: TWO,
    },
    { ...TWO, rejected: 'last-applied' },
  ],
  [
    'refuses it for a workload that has none',
    { old: NONE, new: ONE, lastApplied: ONE, isStored: true, live: TWO },
    { stamp: undefined, followed: ONE.followed, rejected: 'last-applied' },
  ],
  [
    'sets followed back if an exported manifest brings an old one',
    { old: TWO, new: { ...TWO, followed: ONE.followed }, lastApplied: ONE, live: TWO },
    TWO,
  ],
  // the controller
  ["takes the controller's patch", { old: ONE, new: TWO, isStored: true, live: TWO }, TWO],
  [
    "takes the controller's patch although the source moved on",
    { old: ONE, new: TWO, isStored: true, live: THREE },
    TWO,
  ],
  [
    "takes the controller's patch although a manifest brought the same stamp once",
    { old: TWO, new: ONE, lastApplied: ONE, isStored: true, live: ONE },
    ONE,
  ],
  [
    "takes the controller's first followed",
    { old: NONE, new: { ...NONE, followed: ONE.followed } },
    { stamp: undefined, followed: ONE.followed },
  ],
  // kubectl apply of a source and its workload
  [
    'is stamped afresh if the template is another and the source was edited',
    { ...SAME, isTemplateNew: true, live: TWO },
    TWO,
  ],
  ['is not if the template is the same: the controller rolls the edit out', { ...SAME, live: TWO }, ONE],
  ['is not if the source is what was rolled out last', { ...SAME, isTemplateNew: true, live: ONE }, ONE],
  ['is not if the source is refused or not known', { ...SAME, isTemplateNew: true }, ONE],
  [
    'is stamped at the first change of a template without a stamp',
    { old: NONE, new: NONE, isTemplateNew: true, live: ONE },
    ONE,
  ],
  [
    'is stamped at the first change of a template that the controller only follows',
    {
      old: { ...NONE, followed: ONE.followed },
      new: { ...NONE, followed: ONE.followed },
      isTemplateNew: true,
      live: ONE,
    },
    ONE,
  ],
  [
    'is stamped as soon as a new template finds a source',
    { old: UNKNOWN, new: UNKNOWN, isTemplateNew: true, live: ONE },
    ONE,
  ],
  ['of a workload from before, without a change, is left alone', { old: NONE, new: NONE, live: ONE }, NONE],
  // another source
  ['is stamped afresh if it has another source', { ...SAME, isTemplateNew: true, isSourceNew: true, live: TWO }, TWO],
  ['follows nothing if its new source is not known', { ...SAME, isTemplateNew: true, isSourceNew: true }, UNKNOWN],
  [
    'takes an undo to another source, and follows that as it is now',
    {
      old: TWO,
      new: { ...TWO, stamp: ONE.stamp },
      isTemplateNew: true,
      isSourceNew: true,
      isStored: true,
      live: THREE,
    },
    { stamp: ONE.stamp, followed: THREE.followed },
  ],
  // another runtime or registry
  [
    'gets the lock of its new runtime for the files that it has',
    {
      ...SAME,
      isTemplateNew: true,
      live: ONE,
      relocked: { stamp: `${ONE.stamp} lock:hello-9ad01c33f0`, followed: undefined },
    },
    { stamp: `${ONE.stamp} lock:hello-9ad01c33f0`, followed: ONE.followed },
  ],
];

describe('a workload that is created', () => {
  it.each(created)('%s', (_, given, expected) => {
    expect(decideMarks(change(given))).toEqual(expected);
  });
});

describe('a workload that is updated', () => {
  it.each(updated)('%s', (_, given, expected) => {
    expect(decideMarks(change(given))).toEqual(expected);
  });

  it('is left as it is if it is decided again', () => {
    for (const [, given, expected] of updated) {
      const marks: Marks = { stamp: expected.stamp, followed: expected.followed };
      const again = decideMarks(change({ ...given, old: marks, new: marks, isTemplateNew: false, isSourceNew: false }));
      if (given.relocked === undefined) expect(again).toEqual(marks);
    }
  });
});
