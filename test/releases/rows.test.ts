import { describe, expect, it } from 'vitest';
import { NODEJS } from '../../src/releases/languages/nodejs.ts';
import { PYTHON } from '../../src/releases/languages/python.ts';
import type { Answered } from '../../src/releases/languages/row.ts';

const TIME = '2026-03-31T00:21:00.000Z';
const SHA512 = `sha512-${'A'.repeat(86)}==`;
const CONFIRMED = { confirmed: true, attested: false };
const OTHER = `sha512-${'B'.repeat(86)}==`;

describe('what an npm registry says', () => {
  const locked = { name: 'axios', version: '1.14.1', digests: [SHA512] };
  const found = (more: object): Answered => ({
    found: [{ version: '1.14.1', exists: true, attested: false, published: TIME, integrity: SHA512, ...more }],
  });

  it.each<[string, Answered, object]>([
    ['with the same content is its time', found({}), { published: TIME, ...CONFIRMED }],
    [
      'with a digest of other options is its time',
      found({ integrity: `${SHA512}?x` }),
      { published: TIME, ...CONFIRMED },
    ],
    ['with other content is that it changed', found({ integrity: OTHER }), { changed: true }],
    [
      'with an attestation and a publisher has both',
      found({ attested: true, publisher: 'trusted:github' }),
      { published: TIME, ...CONFIRMED, attested: true, publisher: 'trusted:github' },
    ],
    ['with a publisher of another form has none', found({ publisher: 'someone' }), { published: TIME, ...CONFIRMED }],
    [
      'of other content says nothing of where that is from',
      found({ integrity: OTHER, attested: true }),
      { changed: true },
    ],
    [
      'with only an older digest is nothing',
      found({ integrity: undefined, shasum: 'a'.repeat(40) }),
      { unknown: 'the registry has no digest of the same kind as the lock' },
    ],
    ['without a time is nothing', found({ published: undefined }), CONFIRMED],
    ['with a time that cannot be read is nothing', found({ published: 'soon' }), CONFIRMED],
    [
      'of a version that it does not have is nothing',
      found({ exists: false }),
      { unknown: 'the registry does not have it' },
    ],
    ['of a package that it does not have is nothing', { missing: true }, { unknown: 'the registry does not have it' }],
  ])('%s', (_name, answer, expected) => {
    expect(NODEJS.release(locked, [answer])).toEqual({ name: 'axios', version: '1.14.1', ...expected });
  });

  it('is asked for each package once, with its scope, for all of its versions', () => {
    const two = { name: '@shop/cart', digests: [] };
    expect(
      NODEJS.requests(
        [
          { ...two, version: '1.0.0' },
          { ...two, version: '2.0.0' },
        ],
        new Map(),
        {},
      ),
    ).toEqual([
      {
        name: '@shop/cart',
        spec: '@shop/cart',
        address: '/@shop%2Fcart',
        accept: 'application/json',
        versions: ['1.0.0', '2.0.0'],
      },
    ]);
  });
});

describe('what a Python index says', () => {
  const [ONE, TWO] = [`sha256:${'a'.repeat(64)}`, `sha256:${'b'.repeat(64)}`];
  const locked = { name: 'litellm', version: '1.82.8', digests: [ONE, TWO] };
  const file = (digest: string, published?: string, attested?: boolean) => ({
    filename: 'litellm-1.82.8-py3-none-any.whl',
    digests: [digest],
    attested,
    published,
  });

  it.each<[string, readonly Answered[], object]>([
    [
      'is the time of the youngest file that may be installed',
      [{ found: [file(ONE, '2026-01-01T00:00:00Z'), file(TWO, TIME)] }],
      { published: TIME, confirmed: true },
    ],
    [
      'with an attestation of each file that may be installed is attested',
      [{ found: [file(ONE, TIME, true), file(TWO, TIME, true)] }],
      { published: TIME, confirmed: true, attested: true },
    ],
    [
      'without one of one of them is not attested',
      [{ found: [file(ONE, TIME, true), file(TWO, TIME, false)] }],
      { published: TIME, confirmed: true, attested: false },
    ],
    [
      'that tells it only of some is not known to be attested',
      [{ found: [file(ONE, TIME, true), file(TWO, TIME)] }],
      { published: TIME, confirmed: true },
    ],
    [
      'without a time of one of them is nothing',
      [{ found: [file(ONE, TIME), file(TWO)] }],
      { confirmed: true, unknown: 'the index gives no time (PEP 700)' },
    ],
    ['without one of the hashes is that it changed', [{ found: [file(ONE, TIME)] }], { changed: true }],
    [
      'with none of the hashes, for files of the version, is that it changed',
      [{ found: [{ filename: 'litellm-1.82.8.tar.gz', attested: false }] }],
      { changed: true },
    ],
    [
      'with no file of the version is nothing',
      [{ found: [{ filename: 'litellm-1.82.7.tar.gz', attested: false }] }],
      { unknown: 'no index has it' },
    ],
    ['in HTML is nothing', [{ notJson: 'text/html' }], { unknown: 'the index gives no JSON (PEP 691), so no times' }],
    [
      'counts, if another index has the file',
      [{ missing: true }, { found: [file(ONE, TIME), file(TWO, TIME)] }],
      { published: TIME, confirmed: true },
    ],
  ])('%s', (_name, answers, expected) => {
    expect(PYTHON.release(locked, answers)).toEqual({ name: 'litellm', version: '1.82.8', ...expected });
  });

  it('is asked with the credentials of its address, which is written without them, at each index that uv asks', () => {
    const environment = {
      UV_DEFAULT_INDEX: 'https://ada:s%20t@pypi.example/simple/',
      UV_INDEX: 'own=http://own.example/simple',
      UV_INSECURE_HOST: 'own.example',
    };
    expect(PYTHON.requests([locked], new Map(), environment)).toMatchObject([
      { address: 'https://pypi.example/simple/litellm/', user: 'ada:s t' },
      { address: 'http://own.example/simple/litellm/', insecure: true },
    ]);
    const files = new Map([
      ['requirements.txt', Buffer.from('--index-url https://third.example/simple\nlitellm==1.82.8\n')],
    ]);
    expect(PYTHON.requests([locked], files, {})).toMatchObject([{ address: 'https://third.example/simple/litellm/' }]);
  });
});
