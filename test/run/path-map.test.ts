import { describe, expect, it } from 'vitest';
import { PathMap } from '../../src/run/path-map.ts';

const PATHS = new PathMap([
  { podPath: '/buildless', localPath: '/root/app' },
  { podPath: '/buildless-source', localPath: '/root/source' },
  { podPath: '/tmp/', localPath: '/root/tmp' },
  { podPath: '/tmp/cache', localPath: '/root/cache' },
]);

describe('rewriting paths of a Pod', () => {
  it.each([
    ['/buildless/runtime/server.mjs', '/root/app/runtime/server.mjs'],
    ['--root=/buildless', '--root=/root/app'],
    ['--from=/buildless-source', '--from=/root/source'],
    ['/buildless/a:/tmp/b', '/root/app/a:/root/tmp/b'],
    ['/tmp/cache/x', '/root/cache/x'],
    ['file:///tmp/x', 'file:///root/tmp/x'],
    ['cat "/tmp/x" > /tmp/y', 'cat "/root/tmp/x" > /root/tmp/y'],
  ])('%j becomes %j', (text, rewritten) => {
    expect(PATHS.rewrite(text)).toBe(rewritten);
  });

  it.each([
    'https://host.example/tmp/x',
    '/var/tmp/x',
    '/tmpfile',
    '/buildless-sources',
    'a/tmp',
    '/opt/buildless/pod/prepare.mjs',
  ])('%j is another path', (text) => {
    expect(PATHS.rewrite(text)).toBe(text);
  });

  it('locates a path below the mount that is nearest to it', () => {
    expect(PATHS.locate('/tmp/cache/x')).toBe('/root/cache/x');
    expect(PATHS.locate('/tmp')).toBe('/root/tmp');
    expect(PATHS.locate('/app')).toBeUndefined();
  });
});
