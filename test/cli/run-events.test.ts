import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { get, Runs } from '../run/running-command.ts';
import { ROOT } from './command.ts';

const runs = new Runs();
beforeAll(() => runs.open());
afterEach(() => runs.endAll());
afterAll(() => runs.remove());

/** The headers and the body of the curl line at the top of the example. */
function curlOf(manifest: string): { readonly headers: Record<string, string>; readonly body: string } {
  const comment = manifest.slice(0, manifest.indexOf('apiVersion'));
  const headers = [...comment.matchAll(/-H '([^:]+): ([^']+)'/g)].map(([, name = '', value = '']) => [name, value]);
  return {
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: /-d '([^']+)'/.exec(comment)?.[1] ?? '',
  };
}

const EMITTING = {
  'handler.js': `module.exports = { main: async (event) => {
    const { status } = await event.emitCloudEvent('a.b.v1', 'here', { text: 'x'.repeat(5000) + '\\u001b[2J' });
    return String(status);
  } };`,
};

describe('what a Function emits under run', () => {
  it('is received and printed: the example answers to its own curl line', async () => {
    const example = path.join(ROOT, 'examples/cloud-events');
    const { headers, body } = curlOf(await readFile(path.join(example, 'function.yaml'), 'utf8'));
    expect(headers['ce-type']).toBe('shop.order.received.v1');
    const command = await runs.run(['-f', example, '--port', '0', '--verbose']);
    const response = await fetch(await command.url(), { method: 'POST', headers, body });
    expect({ status: response.status, answer: await response.json() }).toEqual({
      status: 200,
      answer: { id: 'a-17', total: 6 },
    });
    await command.until(
      /CloudEvent \| shop\.order\.priced\.v1 from shop\/pricing, id \S+: \{"id":"a-17","total":6\}\n/,
    );
    expect(command.output).toContain(
      'PUBLISHER_PROXY_ADDRESS: this machine does not find http://eventing-publisher-proxy.kyma-system/publish',
    );
  });

  it('is shortened, without control characters', async () => {
    const command = await runs.runFunction({ files: EMITTING });
    expect(await get(await command.url())).toBe('204');
    const [line] = await command.until(/CloudEvent \| .*\n/);
    expect(line).toContain('a.b.v1 from here');
    expect(line.length).toBeLessThan(400);
    expect(line).not.toContain('\u001b');
  });

  it("goes to the author's publisher if this machine finds it", async () => {
    const posted: string[] = [];
    const publisher = createServer((request, response) => {
      void text(request).then((body) => {
        posted.push(body);
        response.writeHead(202).end();
      });
    }).listen(0, '127.0.0.1');
    await once(publisher, 'listening');
    const value = `http://localhost:${(publisher.address() as AddressInfo).port}/publish`;
    try {
      const command = await runs.runFunction({
        files: EMITTING,
        container: { env: [{ name: 'PUBLISHER_PROXY_ADDRESS', value }] },
      });
      expect(await get(await command.url())).toBe('202');
      expect(posted).toHaveLength(1);
      expect(command.output).not.toContain('CloudEvent |');
    } finally {
      publisher.close();
    }
  });
});
