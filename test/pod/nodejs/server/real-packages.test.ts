/** Handlers made of packages that read the request or answer on the response themselves, as people have them. */
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyBuiltPrograms } from '../../conformance/built-programs.ts';
import { withFunction, type Answer } from '../../conformance/harness.ts';

let built: Awaited<ReturnType<typeof copyBuiltPrograms>>;
beforeAll(async () => {
  built = await copyBuiltPrograms('nodejs');
});
afterAll(() => built.remove());

const resolve = createRequire(import.meta.url).resolve;
const required = (name: string): string => `require(${JSON.stringify(resolve(name))})`;

const BUSBOY = `const busboy = ${required('busboy')};
module.exports = { main(event) {
  const { request, response } = event.extensions;
  const reader = busboy({ headers: request.headers });
  const found = [];
  reader.on('field', (name, value) => found.push([name, value]));
  reader.on('file', (name, stream, { filename }) => {
    let bytes = 0;
    stream.on('data', (piece) => (bytes += piece.length)).on('end', () => found.push([name, filename, bytes]));
  });
  reader.on('close', () => response.status(201).json(found));
  request.pipe(reader);
} };`;

const FORMIDABLE = `const { formidable } = ${required('formidable')};
module.exports = { async main(event) {
  const [fields, files] = await formidable({}).parse(event.extensions.request);
  const { originalFilename, size } = files.upload[0];
  return { fields, originalFilename, size };
} };`;

const EXPRESS = `const express = ${required('express')};
const app = express();
app.use(express.json());
app.post('/orders/:id', async (request, response) => {
  await new Promise((resolve) => setTimeout(resolve, 20));
  response.set('x-order', request.params.id).status(202).json({ got: request.body });
});
app.get('/fails', async () => { throw Object.assign(new Error('no such order'), { status: 404 }); });
app.get('/pieces', (request, response) => { response.write('a'); setTimeout(() => response.end('b'), 20); });
module.exports = { main(event) { app(event.extensions.request, event.extensions.response); } };`;

const BOUNDARY = 'x-boundary';
const form = [
  `--${BOUNDARY}\r\ncontent-disposition: form-data; name="title"\r\n\r\nhello\r\n`,
  `--${BOUNDARY}\r\ncontent-disposition: form-data; name="upload"; filename="a.bin"\r\ncontent-type: application/octet-stream\r\n\r\n`,
  `${'x'.repeat(70_000)}\r\n--${BOUNDARY}--\r\n`,
].join('');
const upload = {
  method: 'POST',
  headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
  body: form,
};

async function answers(files: string, requests: readonly object[]): Promise<readonly Answer[]> {
  return await withFunction({ language: 'nodejs', programs: built.programs, files }, async (started) => {
    const all: Answer[] = [];
    for (const request of requests) all.push(await started.call(request));
    return all;
  });
}

describe('a handler made of', () => {
  it('busboy reads an upload from the request', async () => {
    const [answer] = await answers(BUSBOY, [upload]);
    expect([answer?.status, answer?.text]).toEqual([201, '[["title","hello"],["upload","a.bin",70000]]']);
  });

  it('formidable reads an upload from the request', async () => {
    const [answer] = await answers(FORMIDABLE, [upload]);
    expect(answer?.status, answer?.text).toBe(200);
    expect(JSON.parse(answer?.text ?? '')).toEqual({
      fields: { title: ['hello'] },
      originalFilename: 'a.bin',
      size: 70_000,
    });
  });

  it('an Express app answers by its routes', async () => {
    const json = {
      method: 'POST',
      path: '/orders/7',
      headers: { 'content-type': 'application/json' },
      body: '{"a":1}',
    };
    const [order, fails, pieces, unknown] = await answers(EXPRESS, [
      json,
      { path: '/fails' },
      { path: '/pieces' },
      { path: '/nowhere' },
    ]);
    expect([order?.status, order?.text, order?.headers['x-order']]).toEqual([202, '{"got":{"a":1}}', '7']);
    expect([fails?.status, pieces?.status, pieces?.text, unknown?.status]).toEqual([404, 200, 'ab', 404]);
  });
});
