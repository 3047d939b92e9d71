import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as served from '../../../../src/pod/nodejs/sdk/index.ts';
import { copyBuiltPrograms } from '../../conformance/built-programs.ts';
import { FunctionProcess, withFunction } from '../../conformance/harness.ts';

/** Node.js that strips types by itself, where there is one beside the one that runs the tests: `BUILDLESS_TEST_NODE`. */
const other = process.env.BUILDLESS_TEST_NODE;
const interpreters = [process.execPath, ...(other !== undefined && existsSync(other) ? [other] : [])].map(
  (interpreter) => [execFileSync(interpreter, ['--version'], { encoding: 'utf8' }).trim(), interpreter] as const,
);

let built: Awaited<ReturnType<typeof copyBuiltPrograms>>;
beforeAll(async () => {
  built = await copyBuiltPrograms('nodejs');
});
afterAll(() => built.remove());

const ORDERS = `export interface Order { id: string; price?: number }
export const total = (orders: readonly Order[]): number => orders.reduce((sum, { price }) => sum + (price ?? 0), 0);
`;

describe.each(interpreters)('TypeScript on Node.js %s', (_, interpreter) => {
  const answerOf = async (files: Record<string, string>, body?: string): Promise<string> =>
    await withFunction({ language: 'nodejs', programs: built.programs, files, interpreter }, async (started) => {
      const answer = await started.call(
        body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } },
      );
      return answer.text;
    });

  it('handler.ts is an ES module by its syntax, and imports types and other files', async () => {
    const handler = `import type { Event, Context } from '@buildless-dev/buildless';
import { total, type Order } from './lib/orders.ts';
export async function main(event: Event<Order[]>, context: Context): Promise<{ total: number; name: string }> {
  return { total: total(event.data), name: context['function-name'] as string };
}`;
    const text = await answerOf(
      { 'handler.ts': handler, 'lib/orders.ts': ORDERS },
      '[{"id":"a","price":2},{"id":"b"}]',
    );
    expect(JSON.parse(text)).toEqual({ total: 2, name: 'orders' });
  });

  it('handler.ts may be a CommonJS module, and requires another one', async () => {
    const handler = `const { twice } = require('./twice.ts');
module.exports = { main: (event: { data?: number }): string => 'twice ' + twice(event.data ?? 1) };`;
    const twice = `exports.twice = (value: number): number => value * 2;`;
    expect(await answerOf({ 'handler.ts': handler, 'twice.ts': twice })).toBe('twice 2');
  });

  it('handler.mts is an ES module, handler.cts a CommonJS one', async () => {
    expect(await answerOf({ 'handler.mts': `export const main = (): string => import.meta.filename.slice(-4);` })).toBe(
      '.mts',
    );
    expect(await answerOf({ 'handler.cts': `exports.main = (): string => __filename.slice(-4);` })).toBe('.cts');
  });

  it('package.json says what handler.ts is', async () => {
    const files = {
      'package.json': '{"type":"module"}',
      'handler.ts': `export const main = (a: unknown) => 'module';`,
    };
    expect(await answerOf(files)).toBe('module');
  });

  it('traces have the lines and columns of the source', async () => {
    const handler = `interface A { b: string }\n\nexport const main = (a: A): never => { throw new Error('here') };`;
    await withFunction(
      { language: 'nodejs', programs: built.programs, files: { 'handler.ts': handler }, interpreter },
      async (started) => {
        expect((await started.call({})).status).toBe(500);
        expect(started.log).toMatch(/handler\.ts:3:\d+/);
      },
    );
  });

  it.each([
    [
      'a syntax error',
      'export const main = (a: string) => ;',
      /^handler\.ts, line 2: SyntaxError: [^]*\n +export const main[^]*\n +\^/,
    ],
    [
      'an enum, for which code would have to be made',
      'enum A { B }',
      /^handler\.ts, line 2: SyntaxError: .*enum.*strip-only/,
    ],
  ])('%s is named with its place', async (_name, line, expected) => {
    const started = await FunctionProcess.launch({
      language: 'nodejs',
      programs: built.programs,
      files: { 'handler.ts': `const a: number = 1;\n${line}\n` },
      interpreter,
    });
    try {
      expect(await started.exited).toBe(1);
      expect(await started.terminationMessage()).toMatch(expected);
    } finally {
      await started.stop();
    }
  });
});

describe('the published types', () => {
  const repository = path.resolve(import.meta.dirname, '../../../..');

  /** What the type checker says of a handler that imports from "@buildless-dev/buildless", as an author's project is set up. */
  const check = (handler: string): string => {
    const script = `
      import ts from 'typescript';
      const file = ${JSON.stringify(path.join(repository, 'handler-of-a-test.ts'))};
      const options = { strict: true, noEmit: true, module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2023,
        moduleResolution: ts.ModuleResolutionKind.NodeNext, skipLibCheck: false, types: ['node'], allowImportingTsExtensions: true,
        erasableSyntaxOnly: true, verbatimModuleSyntax: true, lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'] };
      const host = ts.createCompilerHost(options);
      const read = host.getSourceFile.bind(host), exists = host.fileExists.bind(host);
      host.fileExists = (name) => name === file || exists(name);
      host.getSourceFile = (name, ...rest) => name === file ? ts.createSourceFile(name, process.argv[1], ...rest) : read(name, ...rest);
      const program = ts.createProgram([file], options, host);
      const found = ts.getPreEmitDiagnostics(program).filter(({ file: at }) => at?.fileName === file || /\\/types\\/(index|sdk)\\.d\\.ts$/.test(at?.fileName ?? ''));
      process.stdout.write(found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' ')).join('\\n'));`;
    return execFileSync(process.execPath, ['--input-type=module', '-e', script, handler], {
      cwd: repository,
      encoding: 'utf8',
    });
  };

  it('fit a handler that uses all of it', () => {
    const handler = `import type { Callback, Context, Event, Handler } from '@buildless-dev/buildless';
export async function main(event: Event<{ id: string }>, context: Context): Promise<string> {
  const { request, response } = event.extensions;
  response.status(201).set('x-own', request.get('accept') ?? '');
  event.setResponseHeader('x-a', 1);
  const kind: unknown = event['ce-type'];
  const published = await event.emitCloudEvent('order.created', 'shop', { kind }, { subject: 'x' });
  await fetch('http://a.example', { signal: context.signal });
  return event.tracer.startActiveSpan('work', (span) => { span.end(); return event.data.id + published.status + context.timeout; });
}
export const other: Handler<string> = (event, _context, callback: Callback) => { callback(event.data.trim(), 202, { 'x-a': '1' }); };`;
    expect(check(handler)).toBe('');
  });

  it('fit a handler of Express that imports from "sdk" in every form', () => {
    const handler = `import type { HttpHandler } from '@buildless-dev/buildless';
import byDefault, { emitCloudEvent, getCloudEvent, getTimeout, getTracer, type CloudEvent } from 'sdk';
import * as all from 'sdk';
import * as served from './src/pod/nodejs/sdk/index.ts';
// What an event's data is, only its reader can say.
const declared: Omit<typeof all, 'getCloudEvent' | 'default'> = served;
export const main: HttpHandler = async (req, res) => {
  const event: CloudEvent<{ id: string }> | null = getCloudEvent(req);
  if (event === null) return res.status(400).send(req.rawBody?.toString('hex'));
  const { status } = await emitCloudEvent('order.read', '/shop', event.data, { subject: event.data?.id });
  const seconds: number = getTimeout();
  getTracer().startSpan(event.type).end();
  return res.json({ status, seconds, name: byDefault.getFunctionName() + declared.getRuntime() + all.getNamespace(), own: event.myext, all: event.toJSON() });
};`;
    expect(check(handler)).toBe('');
  });

  it('of "sdk" name all that the module has', () => {
    const names = ['getCloudEvent', 'emitCloudEvent', 'getTracer', 'getFunctionName', 'getNamespace', 'getRuntime'];
    // `configure` is for the server.
    expect(new Set(Object.keys(served))).toEqual(new Set(['configure', ...names, 'getTimeout', 'getBodySizeLimit']));
  });

  it('find a mistake', () => {
    const handler = `import type { Event } from '@buildless-dev/buildless';\nexport const main = (event: Event): string => event.dat;`;
    expect(check(handler)).toContain("Property 'dat' does not exist on type 'Event<unknown>'");
    const other = `import type {} from '@buildless-dev/buildless';\nimport { getCloudEvents } from 'sdk';`;
    expect(check(other)).toContain("has no exported member named 'getCloudEvents'");
  });
});
