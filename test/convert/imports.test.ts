import { describe, expect, it } from 'vitest';
import { importedPackages } from '../../src/convert/imports/javascript.ts';
import { importedModules } from '../../src/convert/imports/python.ts';

describe('packages that JavaScript imports', () => {
  it.each([
    ["require('axios')", ['axios']],
    ['require(`axios/lib/x`)', ['axios']],
    ["import a, { b } from '@scope/name/deep.js'", ['@scope/name']],
    ["export * from 'a'; export { b } from 'c'", ['a', 'c']],
    ["const x = await import('lazy')", ['lazy']],
    ["require.resolve('asset')", ['asset']],
    ["require('fs'); require('node:path'); import 'node:test'", []],
    ["require('./own'); require('../up'); require('/abs'); require('#internal')", []],
    ["// require('comment')\nconst text = \"require('text')\"", []],
    ['require(name)', []],
    ["#!/usr/bin/env node\nif (x) return; require('a')", ['a']],
    ["with (x) { require('sloppy') }", ['sloppy']],
  ])('%s', (code, names) => {
    expect(importedPackages(code)).toEqual(names);
  });

  it('are unknown where the code cannot be parsed', () => {
    expect(importedPackages('const = 1')).toBeUndefined();
    expect(importedPackages('['.repeat(100_000))).toBeUndefined();
  });
});

describe('modules that Python imports', () => {
  it.each([
    ['import os, requests as r', ['os', 'requests']],
    ['from a.b import c as d, e', ['a.b', 'a.b.c', 'a.b.e']],
    ['from a import (\n  b,  # one\n  c,\n)', ['a', 'a.b', 'a.c']],
    ['from a import(b)', ['a', 'a.b']],
    ['from . import x\nfrom .y import z', []],
    ['import a.b \\\n  as c', ['a.b']],
    ['def main():\n    import late', ['late']],
    ['try: import fast\nexcept ImportError: import slow', ['fast', 'slow']],
    ['"""\nimport text\n"""\nx = \'import more\'  # import comment', []],
    ['x = 1; import semi', ['semi']],
    ['from a import *', ['a']],
    ['importlib.import_module("x")\nimported = 1', []],
  ])('%s', (code, names) => {
    expect(importedModules(code)).toEqual(names);
  });

  it('are read in linear time', () => {
    expect(importedModules('import '.repeat(50_000))).toEqual(['import']);
    expect(importedModules('('.repeat(200_000))).toEqual([]);
  });
});
