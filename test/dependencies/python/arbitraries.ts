import fc from 'fast-check';

const digits = fc.nat({ max: 40 }).map(String);
const suffix = fc.oneof(
  { weight: 5, arbitrary: fc.constant('') },
  fc.constantFrom('a1', 'b2', 'rc1', '.rc.1', '-alpha', '.post1', '-1', '.rev2', '.dev0', 'a1.post2.dev3', 'c1'),
);
const release = fc.array(digits, { minLength: 1, maxLength: 3 }).map((numbers) => numbers.join('.'));

/** Versions of PEP 440. */
export const version = fc
  .tuple(fc.constantFrom('', '', '', 'v', '1!'), release, suffix, fc.constantFrom('', '', '', '+cu121', '+a.1-b'))
  .map((parts) => parts.join(''));

const operator = fc.constantFrom('==', '==', '===', '!=', '~=', '<=', '>=', '<', '>', '=', '^');
const space = fc.constantFrom('', '', ' ', '  ', '\t');
const clause = fc.tuple(operator, space, version, fc.constantFrom('', '', '', '.*')).map((parts) => parts.join(''));

/** Version specifiers, some of them wrong. */
export const specifier = fc
  .array(clause, { minLength: 1, maxLength: 3 })
  .chain((clauses) => fc.tuple(space, space).map(([before, after]) => clauses.join(`${before},${after}`)));

const name = fc.constantFrom('requests', 'Foo_Bar.baz', 'a', 'a-', '_a', 'zope.interface', 'x1', 'foo--bar', 'é');
const extras = fc.constantFrom('', '', '', '[socks]', '[a, b]', '[]', '[a b]', '[a,]', '[', '[-a]');
const comparison = fc
  .tuple(
    fc.constantFrom('python_version', 'sys_platform', 'os.name', 'extra', 'platform_machine', "'linux'", 'python'),
    fc.constantFrom(' == ', '>=', ' in ', ' not in ', ' not  in ', ' = ', ' ~= ', ' '),
    fc.constantFrom("'3.8'", '"linux"', "'a\\d'", "'a\\x1'", 'sys_platform', "'open"),
  )
  .map((parts) => parts.join(''));
const { marker } = fc.letrec<{ marker: string }>((tie) => ({
  marker: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    comparison,
    fc.tuple(tie('marker'), fc.constantFrom(' and ', ' or ', ' xor '), tie('marker')).map((parts) => parts.join('')),
    tie('marker').map((inner) => `(${inner})`),
  ),
}));
const url = fc.constantFrom(
  'https://files.example/a.whl',
  'git+https://git.example/a@main',
  'file:///a',
  'https://files.example/a;b',
);
const tail = fc.oneof(
  fc.tuple(space, specifier).map(([before, text]) => `${before}${text}`),
  specifier.map((text) => ` (${text})`),
  fc
    .tuple(space, url, fc.constantFrom('', ' ', '  '))
    .map(([between, address, after]) => `@${between}${address}${after}`),
  fc.constantFrom('', ' ()', ' (', '@', '@ ', ' -'),
);

/** Dependencies of PEP 508, many of them slightly wrong. */
export const dependency = fc
  .tuple(space, name, space, extras, tail, fc.option(marker, { nil: undefined }), fc.constantFrom('; ', ';', ' ; '))
  .map(([before, id, between, list, rest, condition, semicolon]) =>
    [before, id, between, list, rest, ...(condition === undefined ? [] : [semicolon, condition])].join(''),
  );
