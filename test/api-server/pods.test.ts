import { describe, expect, it } from 'vitest';
import { listPods } from '../../src/api-server/pods.ts';

const logger = { info: () => undefined, warn: () => undefined };

/** An API server with this many Pods. */
function serverOf(count: number, answers: (page: number) => Promise<void> = () => Promise.resolve()) {
  const asked: Readonly<Record<string, string>>[] = [];
  const get = async (_: string, query: Readonly<Record<string, string>> = {}): Promise<object> => {
    asked.push(query);
    await answers(asked.length);
    const from = Number(query.continue ?? 0);
    const to = Math.min(count, from + Number(query.limit));
    const items = Array.from({ length: to - from }, (_unused, index) => ({ metadata: { name: `p${from + index}` } }));
    return { items, metadata: { ...(to < count && { continue: String(to) }) } };
  };
  const list = (milliseconds = 60_000): ReturnType<typeof listPods> =>
    listPods({ server: { get }, logger, ended: new AbortController().signal }, 'shop', 'functions', milliseconds);
  return { asked, list };
}

describe('the Pods of a namespace', () => {
  it('come page by page, with the selector and what the next page begins with', async () => {
    const { asked, list } = serverOf(1200);
    const listed = await list();
    expect(listed?.more).toBe(false);
    expect(listed?.items).toHaveLength(1200);
    expect(asked.map((query) => query.continue)).toEqual([undefined, '500', '1000']);
    expect(new Set(asked.map((query) => query.labelSelector))).toEqual(new Set(['buildless.dev/function']));
  });

  it('are 3000 at most', async () => {
    const listed = await serverOf(10_000).list();
    expect(listed?.items).toHaveLength(3000);
    expect(listed?.more).toBe(true);
  });

  it('are those that came before an API server stopped answering, and none if it never did', async () => {
    const fails = (from: number) => (page: number) =>
      page < from ? Promise.resolve() : Promise.reject(new Error('connection refused'));
    const listed = await serverOf(2000, fails(3)).list();
    expect(listed?.items).toHaveLength(1000);
    expect(listed?.more).toBe(true);
    expect(await serverOf(2000, fails(1)).list()).toBeUndefined();
  });
});
