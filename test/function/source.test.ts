import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatSource, parseSource } from '../../src/function/source.ts';

const problemOf = (text: string): string => {
  const parsed = parseSource(text);
  return 'problem' in parsed ? parsed.problem : 'no problem';
};

describe('buildless.dev/source', () => {
  it.each([
    ['configmap:hello', { type: 'configmap', names: ['hello'] }],
    ['hello', { type: 'configmap', names: ['hello'] }],
    ['configmap:hello+hello-data', { type: 'configmap', names: ['hello', 'hello-data'] }],
    ['git+https://git.example/a/b.git', { type: 'git', url: 'https://git.example/a/b.git' }],
    [
      'git+https://git.example/a/b.git?ref=v1.2.0&dir=functions/x/',
      { type: 'git', url: 'https://git.example/a/b.git', ref: 'v1.2.0', directory: 'functions/x' },
    ],
    [
      'git+ssh://git@git.example/a/b?ref=feature/x',
      { type: 'git', url: 'ssh://git@git.example/a/b', ref: 'feature/x' },
    ],
    ['image:registry.example/a/b:1.0.0', { type: 'image', reference: 'registry.example/a/b:1.0.0' }],
  ])('%s is read', (text, expected) => {
    expect(parseSource(text)).toEqual(expected);
  });

  it.each([
    ['s3://bucket', '"s3://bucket" is not a source'],
    ['configmap:', '"" cannot be the name of a ConfigMap'],
    ['configmap:Hello', '"Hello" cannot be the name of a ConfigMap'],
    ['hello+data', '"hello+data" is not a source'],
    ['configmap:hello+', '"" cannot be the name of a ConfigMap'],
    ['configmap:a+b+a', 'the source names the ConfigMap "a" twice'],
    [`configmap:${'abcdefghijk'.split('').join('+')}`, 'the source has 11 ConfigMaps, more than 10'],
    ['git+http://git.example/x', '"git+http://git.example/x" is not a Git address over https or ssh'],
    ['git+file:///etc', '"git+file:///etc" is not a Git address over https or ssh'],
    ['git+https://user:secret@git.example/x', 'the Git address carries credentials'],
    ['git+https://git.example/x?ref=--upload-pack=evil', '"--upload-pack=evil" is not a Git branch, tag or commit'],
    ['git+https://git.example/x?dir=../y', 'dir=../y leaves the repository'],
    ['git+https://git.example/x?branch=main', 'the Git address has "branch", which means nothing here'],
    ['image:', '"" is not an image reference'],
  ])('%s is refused', (text, problem) => {
    expect(problemOf(text)).toBe(problem);
  });

  it('never repeats a credential in its message', () => {
    expect(problemOf('git+ftp://user:secret@git.example/x')).not.toContain('secret');
  });

  it('writes what it read in the same way', () => {
    const texts = fc.constantFrom(
      'configmap:a.b-c',
      'configmap:a+b',
      'image:x/y@sha256:abc',
      'git+https://git.example/x?ref=a%2Fb&dir=c',
      'git+ssh://git@git.example/x',
    );
    fc.assert(
      fc.property(texts, (text) => {
        const parsed = parseSource(text);
        expect('type' in parsed && parseSource(formatSource(parsed))).toEqual(parsed);
      }),
    );
  });

  it('answers any text without throwing', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof parseSource(`git+${text}`) === 'object'));
  });
});
