import { describe, expect, it } from 'vitest';
import { RecentRevisions } from '../../src/control/recent-revisions.ts';
import type { KnownRevision } from '../../src/control/known-revision.ts';
import { knownRevision } from './known-revision.ts';

const objectOf = ({ name, uid, version }: KnownRevision): object => ({
  metadata: { name, uid, resourceVersion: version },
  data: { 'handler.js': version },
});

/** An API server with one revision, and what the watch has seen of it; `gets` counts requests. */
function given(seen: KnownRevision | undefined, stored: KnownRevision) {
  const state = { seen, stored, gets: 0 };
  const server = {
    get: () => {
      state.gets += 1;
      return Promise.resolve(objectOf(state.stored));
    },
  };
  const recent = new RecentRevisions({ server, seen: () => state.seen });
  const read = async (): Promise<string | undefined> =>
    (await recent.read('shop', stored.name, AbortSignal.timeout(1000)))?.version;
  return { state, recent, read };
}

describe('a revision that was made or read just now', () => {
  const made = knownRevision('hello-1', '2026-11-29T12:00:00Z');

  it('is not read again once the watch shows that version', async () => {
    const { state, recent, read } = given(made, made);
    recent.made(objectOf(made), made.name);
    expect([await read(), state.gets]).toEqual(['1', 0]);
  });

  it('is read once, whoever asks', async () => {
    const { state, read } = given(made, made);
    expect([await read(), await read(), state.gets]).toEqual(['1', '1', 1]);
  });

  it('is read again where the watch shows another version, or another object of the name, or none', async () => {
    const { state, recent, read } = given(made, made);
    recent.made(objectOf(made), made.name);
    state.seen = state.stored = { ...made, version: '2' };
    expect([await read(), state.gets]).toEqual(['2', 1]);
    state.seen = state.stored = { ...made, uid: 'another', version: '1' };
    expect([await read(), state.gets]).toEqual(['1', 2]);
    state.seen = undefined;
    expect([await read(), await read(), state.gets]).toEqual(['1', '1', 4]);
  });
});
