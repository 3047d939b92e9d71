import { describe, expect, it } from 'vitest';
import { chooseHandler, viewOf } from '../../src/function/handler-files.ts';

const source = (files: Readonly<Record<string, string>>): ReturnType<typeof viewOf> =>
  viewOf(new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)])));

describe('the handler of a source whose author named none', () => {
  it.each([
    [{ 'package.json': '{"main":"src/app.js"}', 'src/app.js': '' }, 'src/app'],
    [{ 'package.json': '{"main":"./src/app"}', 'src/app.ts': '' }, 'src/app'],
    [{ 'package.json': '{"main":"index.js"}', 'handler.js': '' }, 'handler'],
    [{ 'package.json': '{"main":"../app.js"}', 'handler.js': '' }, 'handler'],
    [{ 'package.json': '{"main":"./src"}', 'src/index.js': '', 'handler.js': '' }, 'src/index'],
    [{ 'package.json': '{"main":"src/"}', 'src/index.mjs': '' }, 'src/index'],
    [{ 'package.json': '{"main":"src"}', 'src.js': '', 'src/index.js': '' }, 'src'],
    [{ 'package.json': '{"main":"lib.js"}', 'lib.js/index.js': '' }, 'lib.js/index'],
    [{ 'package.json': '{"main":"."}', 'index.js': '' }, 'index'],
    [{ 'package.json': '{"main":"./"}', 'index.ts': '' }, 'index'],
    [{ 'package.json': '{"main":"../"}', 'index.js': '', 'handler.js': '' }, 'handler'],
    [{ 'package.json': '{"main":7}', 'handler.js': '' }, 'handler'],
    [{ 'package.json': '{', 'handler.js': '' }, 'handler'],
    [{ 'handler.mjs': '' }, 'handler'],
  ])('of %j is main of %s', (files, file) => {
    expect(chooseHandler('nodejs', source(files))).toEqual({ file, export: 'main' });
  });

  it('is handler.main in Python', () => {
    expect(chooseHandler('python', undefined)).toEqual({ file: 'handler', export: 'main' });
  });

  it('is not known in Node.js before the source is seen', () => {
    expect(chooseHandler('nodejs', undefined)).toBeUndefined();
  });
});
