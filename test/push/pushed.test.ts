import { describe, expect, it } from 'vitest';
import type { GitReference } from '../../src/function/source.ts';
import { concerns, pushedOf } from '../../src/push/pushed.ts';
import { repositoryOf } from '../../src/push/repository.ts';
import { GITHUB, PAYLOADS } from './payloads.ts';

const SHOP = 'https://git.example/acme/shop.git';
const source = (more: Partial<GitReference> = {}): GitReference => ({ type: 'git', url: SHOP, ...more });
const isConcerned = (body: unknown, reference: GitReference): boolean => {
  const push = pushedOf(body);
  return push !== undefined && concerns(push, reference);
};

describe('a push', () => {
  it.each(Object.entries(PAYLOADS))('of %s is about the sources at its branch', (_, body) => {
    expect(isConcerned(body, source({ ref: 'main' }))).toBe(true);
    expect(isConcerned(body, source({ ref: 'refs/heads/main' }))).toBe(true);
    expect(isConcerned(body, source({ ref: 'main', url: 'ssh://git@git.example/acme/shop' }))).toBe(true);
    expect(isConcerned(body, source({ ref: 'main', directory: 'functions/pay' }))).toBe(true);
    expect(isConcerned(body, source({ ref: 'release' }))).toBe(false);
    expect(isConcerned(body, source({ ref: 'main', url: 'https://git.example/acme/shop-web.git' }))).toBe(false);
    expect(isConcerned(body, source({ ref: 'main', url: 'https://other.example/acme/shop.git' }))).toBe(false);
  });

  it('is about a source without a ref, as nobody knows the default branch, and never about one at a commit', () => {
    expect(isConcerned(GITHUB, source())).toBe(true);
    expect(isConcerned(GITHUB, source({ ref: 'a'.repeat(40) }))).toBe(false);
  });

  it('of a tag is about the tag', () => {
    expect(isConcerned({ ...GITHUB, ref: 'refs/tags/v1' }, source({ ref: 'v1' }))).toBe(true);
  });

  it('that names no ref is about all, such as the ping of a new webhook', () => {
    expect(
      isConcerned({ zen: 'Keep it logically awesome.', repository: GITHUB.repository }, source({ ref: 'any' })),
    ).toBe(true);
  });

  it.each([
    ['nothing', undefined],
    ['a text', 'push'],
    ['a list', [GITHUB]],
    ['no repository', { ref: 'refs/heads/main' }],
    ['a repository without an address', { repository: { full_name: 'acme/shop' } }],
    ['an address that is none', { repository: { clone_url: 'https://', ssh_url: 'shop', html_url: 7 } }],
    ['an address of a million characters', { repository: { clone_url: `https://git.example/${'a'.repeat(1e6)}` } }],
  ])('is none if the body has %s', (_, body) => {
    expect(pushedOf(body)).toBeUndefined();
  });
});

describe('a repository', () => {
  it.each([
    'https://git.example/acme/shop.git',
    'https://git.example/acme/shop',
    'https://git.example/acme/shop/',
    'https://GIT.example/Acme/Shop.git',
    'https://git.example:8443/acme/shop.git',
    'ssh://git@git.example/acme/shop.git',
    'ssh://git@git.example:2222/acme/shop.git',
    'git://git.example/acme/shop.git',
    'git@git.example:acme/shop.git',
    'git.example:acme/shop.git',
    'git@git.example:/acme/shop.git',
  ])('is the same at %s', (address) => {
    expect(repositoryOf(address)).toBe('git.example/acme/shop');
  });
});
