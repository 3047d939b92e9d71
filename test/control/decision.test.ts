import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIGURATION } from '../../src/config/defaults.ts';
import {
  decide,
  QUIET_MILLISECONDS,
  type Circumstances,
  type Decision,
  type KnownSource,
} from '../../src/control/decision.ts';
import type { Holder } from '../../src/control/holder.ts';
import { ANNOTATIONS } from '../../src/function/keys.ts';
import { FOLLOWS_NOTHING, followedOf, type SourceState } from '../../src/function/source-state.ts';
import { kindNamed, workload } from './workload.ts';

const stateOf = (digit: string, refresh = 0): SourceState => ({
  code: { type: 'files', parts: [{ name: 'hello', digest: `sha256:${digit.repeat(64)}` }] },
  refresh,
});
const OLD = stateOf('a');
const NEW = stateOf('b');
const known = (state: SourceState, milliseconds = 60_000): KnownSource => ({ type: 'known', state, milliseconds });
const follows = (state: SourceState, changes: Partial<Holder> = {}): Holder =>
  workload({ followed: followedOf(state), ...changes });
const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'hello', uid: 'other' };
const { revisions } = DEFAULT_CONFIGURATION;

/** A workload that follows the old state of a source that has a new one since a minute, unless something else is given. */
const decided = (changes: Partial<Circumstances> = {}): Decision =>
  decide({
    workload: follows(OLD),
    source: known(NEW),
    namespace: { isOptedIn: true, isEnding: false },
    configuration: DEFAULT_CONFIGURATION,
    rolling: 0,
    refused: undefined,
    isNameTaken: false,
    ...changes,
  });

describe('a workload whose source changed', () => {
  it('is rolled out', () => {
    expect(decided()).toEqual({ do: 'roll-out', followed: followedOf(NEW), state: NEW });
  });

  it('waits until nothing changed for a second, however many edits there were', () => {
    expect(decided({ source: known(NEW, 400) })).toEqual({ do: 'wait', for: 'quiet', milliseconds: 600 });
    expect(decided({ source: known(NEW, QUIET_MILLISECONDS) }).do).toBe('roll-out');
  });

  it('waits for its turn while as many others of the source roll out as may at once', () => {
    const { rolloutsAtOnce } = revisions;
    expect(decided({ rolling: rolloutsAtOnce - 1 }).do).toBe('roll-out');
    expect(decided({ rolling: rolloutsAtOnce })).toEqual({ do: 'wait', for: 'others', followed: followedOf(NEW) });
  });

  it('is rolled out again for the same files if the lock was refreshed', () => {
    const refreshed = stateOf('a', 1);
    expect(decided({ source: known(refreshed) })).toMatchObject({ do: 'roll-out', state: refreshed });
  });

  it('is left alone if this state was refused, until the next edit', () => {
    expect(decided({ refused: followedOf(NEW) })).toEqual({ do: 'nothing' });
    expect(decided({ refused: followedOf(stateOf('c')) }).do).toBe('roll-out');
  });

  it('stays if it is a Knative Service that names its revision, and the reason is reported', () => {
    const named = follows(OLD, { kind: kindNamed('Service'), templateName: 'hello-first' });
    expect(decided({ workload: named })).toEqual({
      do: 'report',
      reason: 'SourceRefused',
      note: expect.stringMatching(
        /^the edit is not rolled out: .*"hello-first".*; remove spec\.template\.metadata\.name/,
      ) as string,
    });
    expect(decided({ workload: { ...named, rollout: 'manual' } })).toEqual({ do: 'nothing' });
    // The name in the template of a Deployment is nobody's.
    expect(decided({ workload: follows(OLD, { templateName: 'hello-first' }) }).do).toBe('roll-out');
  });

  it.each(['Deployment', 'StatefulSet', 'DaemonSet', 'CronJob', 'Rollout', 'Service'])(
    'is rolled out if it is a %s',
    (kind) => {
      expect(decided({ workload: follows(OLD, { kind: kindNamed(kind) }) }).do).toBe('roll-out');
    },
  );
});

describe('a workload whose source did not change', () => {
  it('is left alone', () => {
    expect(decided({ source: known(OLD) })).toEqual({ do: 'nothing' });
  });

  it('is left alone after an undo: what its template names does not matter', () => {
    const undone = follows(NEW, { stampText: 'files:hello-aaaaaaaaaa' });
    expect(decided({ workload: undone })).toEqual({ do: 'nothing' });
  });

  it('is left alone after an edit and its revert', () => {
    expect(decided({ source: known(OLD, 200) })).toEqual({ do: 'nothing' });
  });

  it('gets another name for its revision if somebody else has the one that it names', () => {
    expect(decided({ source: known(OLD), isNameTaken: true })).toMatchObject({ do: 'roll-out', state: OLD });
  });
});

describe('a workload that is met for the first time', () => {
  it('only gets the mark of what it follows: nothing is restarted', () => {
    expect(decided({ workload: workload() })).toEqual({ do: 'follow', followed: followedOf(NEW) });
  });

  it('is rolled out if the webhook knew it before its source was there', () => {
    expect(decided({ workload: workload({ followed: FOLLOWS_NOTHING }) }).do).toBe('roll-out');
  });

  it('is reported if the webhook knew it, and its source is still missing', () => {
    const missing: KnownSource = {
      type: 'missing',
      what: 'the ConfigMap hello does not exist',
      fix: 'create it, and it is rolled out',
    };
    expect(decided({ workload: workload({ followed: FOLLOWS_NOTHING }), source: missing })).toMatchObject({
      do: 'report',
      reason: 'SourceMissing',
    });
    expect(decided({ workload: workload(), source: missing })).toEqual({ do: 'nothing' });
  });
});

describe('what never is rolled out', () => {
  const manual = follows(OLD, { rollout: 'manual' });
  const disabled = workload().template;
  it.each<[string, Partial<Circumstances>]>([
    ['a workload with rollout: manual', { workload: manual }],
    ['one whose label is neither auto nor manual', { workload: follows(OLD, { rollout: 'Auto' }) }],
    [
      'one without the label where the configuration says manual',
      { configuration: { ...DEFAULT_CONFIGURATION, revisions: { ...revisions, rollout: 'manual' } } },
    ],
    ['anything, if the configuration is disabled', { configuration: { ...DEFAULT_CONFIGURATION, mode: 'disabled' } }],
    [
      'a template with mode: disabled',
      {
        workload: follows(OLD, {
          template: {
            ...disabled,
            metadata: { ...disabled.metadata, annotations: { [ANNOTATIONS.mode]: 'disabled' } },
          },
        }),
      },
    ],
    ['anything of a namespace that did not opt in', { namespace: { isOptedIn: false, isEnding: false } }],
    ['anything of a namespace that is being deleted', { namespace: { isOptedIn: true, isEnding: true } }],
    ['a workload that is being deleted', { workload: follows(OLD, { isEnding: true }) }],
    ['a Job: its retries keep its revision', { workload: follows(OLD, { kind: kindNamed('Job') }) }],
    ['a ReplicaSet of its own', { workload: follows(OLD, { kind: kindNamed('ReplicaSet') }) }],
    ['what a stamped workload owns', { workload: follows(OLD, { owner }) }],
    [
      'a workload whose source vanished',
      {
        source: { type: 'missing', what: 'the ConfigMap hello does not exist', fix: 'create it, and it is rolled out' },
      },
    ],
    ['a workload whose source nobody can read', { source: { type: 'unknown' } }],
  ])('%s', (_, changes) => {
    expect(decided(changes)).toEqual({ do: 'nothing' });
  });

  it('a source that is not one: it is reported, once for each state', () => {
    const source: KnownSource = { type: 'invalid', problems: ['the key "a.." does not name a file'] };
    expect(decided({ source })).toMatchObject({ do: 'report', reason: 'SourceRefused' });
    expect(decided({ source, workload: manual })).toEqual({ do: 'nothing' });
  });

  it('but a Deployment that an operator owns is rolled out like any other', () => {
    const operated = follows(OLD, { owner: { ...owner, apiVersion: 'shop.example/v1', kind: 'Shop' } });
    expect(decided({ workload: operated }).do).toBe('roll-out');
  });

  it('and rollout: auto on a workload counts where the configuration says manual', () => {
    const configuration = { ...DEFAULT_CONFIGURATION, revisions: { ...revisions, rollout: 'manual' as const } };
    expect(decided({ configuration, workload: follows(OLD, { rollout: 'auto' }) }).do).toBe('roll-out');
  });
});
