import { describe, expect, it } from 'vitest';
import type { Configuration } from '../../src/config/configuration.ts';
import { DEFAULT_CONFIGURATION } from '../../src/config/defaults.ts';
import { parseConfiguration } from '../../src/config/load.ts';
import { ANY_LICENCE } from '../../src/licences/policy.ts';
import { formatProblem } from '../../src/outcome/problem.ts';

function parsed(text: string): Configuration {
  const result = parseConfiguration(text, 'config.yaml');
  if ('findings' in result) throw new Error(result.findings.map(formatProblem).join('\n'));
  return result.configuration;
}

function messages(text: string): readonly string[] {
  const result = parseConfiguration(text, 'config.yaml');
  return 'findings' in result ? result.findings.map(formatProblem) : [];
}

describe('a partial file is laid over the defaults', () => {
  it.each(['', '\n', '# nothing yet\n', '---\n', '{}', 'server:\ninstall:\n', 'null'])(
    '%j gives the defaults',
    (text) => {
      expect(parsed(text)).toEqual(DEFAULT_CONFIGURATION);
    },
  );

  it('changes one field of a shipped runtime and keeps the others', () => {
    const { runtimes } = parsed('runtimes:\n  nodejs22:\n    image: registry.example/node:22.1\n');
    expect(runtimes.nodejs22).toEqual({
      ...DEFAULT_CONFIGURATION.runtimes.nodejs22,
      image: 'registry.example/node:22.1',
    });
    expect(runtimes.python312).toEqual(DEFAULT_CONFIGURATION.runtimes.python312);
  });

  it('adds a runtime, and removes one by null', () => {
    const { runtimes } = parsed(
      [
        'runtimes:',
        '  nodejs20: null',
        '  mypython:',
        '    language: python',
        '    version: "3.12"',
        '    image: registry.example/python:3.12.1',
        '    interpreter: python3',
      ].join('\n'),
    );
    expect(runtimes.nodejs20).toBeUndefined();
    expect(runtimes.mypython).toEqual({
      language: 'python',
      version: '3.12',
      image: 'registry.example/python:3.12.1',
      interpreter: 'python3',
    });
  });

  it('takes the advice against a runtime away by null', () => {
    expect(parsed('runtimes: {nodejs20: {deprecated: null}}').runtimes.nodejs20).not.toHaveProperty('deprecated');
  });

  it('takes floor, exemptions and registries of the policy, an address up to the end of a path', () => {
    const text =
      'dependencies: {enforce: exact, floor: no-latest, exemptNamespaces: [sandbox], registries: {nodejs: ["https://npm.registry.example"]}}';
    expect(parsed(text).dependencies).toMatchObject({
      denied: { nodejs: [], python: [] },
      enforce: 'exact',
      warn: 'exact',
      audit: 'exact',
      floor: 'no-latest',
      exemptNamespaces: ['sandbox'],
      registries: { nodejs: ['https://npm.registry.example/'], python: [] },
    });
  });

  it('takes a minimum release age in seconds, and null takes it away', () => {
    const age =
      'dependencies: {minimumReleaseAge: 7d, releaseAgeExceptions: [axios, "@shop/*", shop-*], unknownReleaseAge: warn}';
    expect(parsed(age).dependencies).toMatchObject({
      minimumReleaseAge: 604_800,
      releaseAgeExceptions: ['axios', '@shop/*', 'shop-*'],
      unknownReleaseAge: 'warn',
    });
    expect(parsed('dependencies: {minimumReleaseAge: null}').dependencies.minimumReleaseAge).toBe(0);
  });

  it('takes what happens when a package loses its provenance', () => {
    expect(parsed('').dependencies).toMatchObject({ provenanceLost: 'off', provenanceExceptions: [] });
    expect(
      parsed('dependencies: {provenanceLost: refuse, provenanceExceptions: [axios, "@shop/*"]}').dependencies,
    ).toMatchObject({ provenanceLost: 'refuse', provenanceExceptions: ['axios', '@shop/*'] });
  });

  it('takes licences as SPDX writes them', () => {
    const text =
      'dependencies: {licences: {allowed: [MIT, Apache-2.0+], refused: [GPL-2.0-only WITH Classpath-exception-2.0], unknown: warn, exceptions: ["@shop/*"]}}';
    expect(parsed(text).dependencies.licences).toEqual({
      allowed: ['MIT', 'Apache-2.0+'],
      refused: ['GPL-2.0-only WITH Classpath-exception-2.0'],
      unknown: 'warn',
      exceptions: ['@shop/*'],
    });
    expect(parsed('dependencies: {licences: null}').dependencies.licences).toEqual(ANY_LICENCE);
  });

  const identifiers = 'write an identifier of https://spdx.org/licenses, such as MIT or Apache-2.0';
  it.each([
    ['GPLv3', '"GPLv3" is not a licence that SPDX knows; write "GPL-3.0-or-later"'],
    ['Apache 2', '"Apache 2" is not a licence that SPDX knows; write "Apache-2.0"'],
    ['apache-2.0', '"apache-2.0" is not a licence that SPDX knows; write "Apache-2.0"'],
    ['MITT', '"MITT" is not a licence that SPDX knows; write "MIT"'],
    ['xyzzy', `"xyzzy" is not a licence that SPDX knows; ${identifiers}`],
    ['""', `"" is not a licence that SPDX knows; ${identifiers}`],
    ['MIT OR ISC', '"MIT OR ISC" has several licences; write each licence as an item of its own'],
    ['x'.repeat(100_000), identifiers],
  ])('does not take the licence %.20s', (text, message) => {
    const [first = ''] = messages(`dependencies: {licences: {refused: [${text}]}}`);
    expect(first).toContain(message);
    expect(first.length).toBeLessThan(500);
  });

  it.each([
    ['dependencies: {provenanceLost: maybe}', 'provenanceLost'],
    ['dependencies: {provenanceExceptions: ["*"]}', '"*" is not a name of a package'],
    [
      'revisions: {locks: author}\ndependencies: {provenanceLost: warn}',
      'provenanceLost "warn" needs the controller, and revisions.locks is "author"; install the controller and write revisions.locks: cluster, or provenanceLost: off',
    ],
    ['dependencies: {minimumReleaseAge: 7 days}', '"7 days" is not a duration'],
    ['dependencies: {minimumReleaseAge: 0d}', '"0d" is not a duration'],
    [
      'dependencies: {licences: {unknown: allow}}',
      'dependencies.licences names no licence, so it has no effect; add allowed or refused with a list of SPDX identifiers, or remove it',
    ],
    ['dependencies: {releaseAgeExceptions: ["*"]}', '"*" is not a name of a package'],
    ['dependencies: {releaseAgeExceptions: ["a*b"]}', '"a*b" is not a name of a package'],
    [
      'revisions: {locks: author}\ndependencies: {minimumReleaseAge: 7d}',
      'a minimum release age needs the controller, and revisions.locks is "author"; install the controller and write revisions.locks: cluster, or remove minimumReleaseAge',
    ],
  ])('refuses %j', (text, message) => {
    const result = parseConfiguration(text, 'config.yaml');
    expect('findings' in result ? result.findings.map(formatProblem).join('\n') : '').toContain(message);
  });

  it('reads the former keys of registries, with a warning', () => {
    const result = parseConfiguration(
      'dependencies: {npmRegistries: ["https://npm.example/"], pythonIndexes: ["https://pypi.example/simple"]}',
      'config.yaml',
    );
    if ('findings' in result) expect.fail(result.findings.map(formatProblem).join('\n'));
    expect(result.configuration.dependencies.registries).toEqual({
      nodejs: ['https://npm.example/'],
      python: ['https://pypi.example/simple/'],
    });
    expect(result.warnings.map(formatProblem)).toEqual([
      'dependencies.npmRegistries config.yaml:1:16: dependencies.npmRegistries is deprecated; write dependencies.registries.nodejs',
      'dependencies.pythonIndexes config.yaml:1:57: dependencies.pythonIndexes is deprecated; write dependencies.registries.python',
    ]);
  });

  it('warns of nothing else', () => {
    expect(parseConfiguration('dependencies: {registries: {python: []}}', 'config.yaml')).toMatchObject({
      warnings: [],
    });
  });

  it('merges resources by quantity: null removes one, a number becomes text', () => {
    const { install, profiles } = parsed(
      'install: {resources: {limits: {memory: null, cpu: 2}}}\nprofiles: {XXL: {requests: {cpu: 4}}, XS: null}\n',
    );
    expect(install.resources).toEqual({ requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '2' } });
    expect(profiles.XXL).toEqual({ requests: { cpu: '4' } });
    expect(profiles).not.toHaveProperty('XS');
  });

  it('chooses no user where runAsUser is null', () => {
    expect(parsed('security: {runAsUser: null}').security).toEqual({});
  });

  it('takes optional values', () => {
    const { toolkit, install, server } = parsed(
      'toolkit: {imagePullPolicy: Never}\ninstall: {registry: private}\nserver: {env: {OTEL_SDK_DISABLED: "true"}}',
    );
    expect(toolkit.imagePullPolicy).toBe('Never');
    expect(install.registry).toBe('private');
    expect(server.env).toEqual({ OTEL_SDK_DISABLED: 'true' });
  });

  it('accepts an image by digest, with a port in the registry, and with both tag and digest', () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    for (const image of [
      `registry.example/node@${digest}`,
      'registry.example:5000/node:22.1',
      `node:latest@${digest}`,
    ]) {
      expect(parsed(`toolkit: {image: "${image}"}`).toolkit.image).toBe(image);
    }
  });
});

describe('a bad file is refused with the place and the cure of each problem', () => {
  it.each([
    ['moda: disabled', ['moda config.yaml:1:1: unknown key "moda"; write "mode", or remove it']],
    [
      'server:\n  timeoutSecond: 5',
      [
        'server.timeoutSecond config.yaml:2:3: unknown key "timeoutSecond" in server; write "timeoutSeconds", or remove it',
      ],
    ],
    [
      "dependencies:\n  denied:\n    nodejs: [{ name: axios, versions: 'all of them', reason: bad }]",
      [
        'dependencies.denied.nodejs[0].versions config.yaml:3:39: "all of them" is not a range of versions; write versions such as "1.14.1 || >=0.30.4 <0.31.0", or "*" for every one',
      ],
    ],
    [
      'volumes:\n  zzz: 5',
      [
        'volumes.zzz config.yaml:2:3: unknown key "zzz" in volumes; remove it, or use one of appSizeLimit, tmpSizeLimit',
      ],
    ],
    [
      'runtimes:\n  nodejs22:\n    imagee: node:1',
      [
        'runtimes.nodejs22.imagee config.yaml:3:5: unknown key "imagee" in runtimes.nodejs22; write "image", or remove it',
      ],
    ],
    ['mode: disable', ['mode config.yaml:1:7: mode is "disable", which it cannot be; write disabled']],
    ['mode: 3', ['mode config.yaml:1:7: mode is the number 3, which it cannot be; write one of buildless, disabled']],
    [
      'dependencies:\n  enforce: no_latest',
      ['dependencies.enforce config.yaml:2:12: enforce is "no_latest", which it cannot be; write no-latest'],
    ],
    [
      'dependencies: {exemptNamespaces: ["kube-*", a]}',
      [
        'dependencies.exemptNamespaces[0] config.yaml:1:35: "kube-*" is not a name of a namespace; write its name in full; patterns are not known here',
      ],
    ],
    [
      'dependencies: {exemptNamespaces: a}',
      [
        'dependencies.exemptNamespaces config.yaml:1:34: exemptNamespaces is "a"; write a list: one item a line, each behind "- "',
      ],
    ],
    [
      'dependencies: {npmRegistries: ["https://a.example/"], registries: {nodejs: []}}',
      [
        'dependencies.npmRegistries config.yaml:1:16: dependencies.npmRegistries and dependencies.registries.nodejs are both set; keep dependencies.registries.nodejs',
      ],
    ],
    [
      'dependencies: {registries: {nodejs: [npm.registry.example, "https://me:secret@npm.registry.example/"]}}',
      [
        'dependencies.registries.nodejs[0] config.yaml:1:38: "npm.registry.example" is not an address over https or http; write https://HOST/PATH/',
        'dependencies.registries.nodejs[1] config.yaml:1:60: the address carries credentials; take them out; Functions get theirs from the Secret of buildless.dev/registry',
      ],
    ],
    [
      'proxy: {httpProxy: proxy.example, httpsProxy: "http://me:secret@proxy.example:3128", noProxy: ["a,b"]}',
      [
        'proxy.httpProxy config.yaml:1:20: "proxy.example" is not an address over http; write http://HOST:PORT',
        'proxy.httpsProxy config.yaml:1:47: the address carries credentials, which everyone who may read a Pod would see; write the address to the key "proxy" of a Secret in each namespace of Functions, and the name of the Secret to proxy.secret',
        'proxy.noProxy[0] config.yaml:1:96: "a,b" is not a host or domain; write one entry a line, such as .svc, registry.example or 10.0.0.0/8',
      ],
    ],
    [
      'proxy: {secret: buildless-proxy, httpsProxy: "http://proxy.example:3128"}',
      [
        'proxy.httpsProxy config.yaml:1:34: proxy.httpsProxy and proxy.secret are both set; remove proxy.httpsProxy; the key "proxy" of the Secret is the address for http and https',
      ],
    ],
    // No message repeats what may be a password.
    [
      'proxy: {httpProxy: "https://me:secret@proxy.example:3128", httpsProxy: "me:secret@proxy.example:3128"}',
      [
        'proxy.httpProxy config.yaml:1:20: the address carries credentials, which everyone who may read a Pod would see; write the address to the key "proxy" of a Secret in each namespace of Functions, and the name of the Secret to proxy.secret',
        'proxy.httpsProxy config.yaml:1:72: the value is not an address over http; write http://HOST:PORT',
      ],
    ],
    [
      'dependencies: {registries: {nodejs: ["ssh://me:secret@npm.registry.example/", "me:secret@npm.registry.example"]}}',
      [
        'dependencies.registries.nodejs[0] config.yaml:1:38: the address carries credentials; take them out; Functions get theirs from the Secret of buildless.dev/registry',
        'dependencies.registries.nodejs[1] config.yaml:1:79: the value is not an address over https or http; write https://HOST/PATH/',
      ],
    ],
    [
      'proxy: {httpProxy: "http://proxy.example/path"}',
      [
        'proxy.httpProxy config.yaml:1:20: "http://proxy.example/path" has more than host and port; write http://HOST:PORT',
      ],
    ],
    [
      'dependencies: {registries: {ruby: []}}',
      [
        'dependencies.registries.ruby config.yaml:1:29: unknown key "ruby" in dependencies.registries; remove it, or use one of nodejs, python',
      ],
    ],
    [
      'dependencies: {pythonIndexes: ["https://pypi.registry.example/simple?x=1"]}',
      [
        'dependencies.pythonIndexes[0] config.yaml:1:32: "https://pypi.registry.example/simple?x=1" has more than host and path; write https://HOST/PATH/',
      ],
    ],
    [
      'dependencies:\n  floor: exact',
      [
        'dependencies.floor config.yaml:2:10: the floor exact is stricter than what is enforced by default, which is no-latest; write enforce: exact, or a looser floor',
      ],
    ],
    [
      'install: {timeoutSeconds: -1}',
      ['install.timeoutSeconds config.yaml:1:27: timeoutSeconds is the number -1; write a number of more than 0'],
    ],
    [
      'install: {timeoutSeconds: "5"}',
      ['install.timeoutSeconds config.yaml:1:27: timeoutSeconds is "5"; write a number without quotes'],
    ],
    [
      'server: {bodyLimitMegabytes: 1.5}',
      ['server.bodyLimitMegabytes config.yaml:1:30: bodyLimitMegabytes is the number 1.5; write a whole number'],
    ],
    [
      'security: {runAsUser: 0}',
      ['security.runAsUser config.yaml:1:23: runAsUser is the number 0; write a number of at least 1'],
    ],
    [
      `images: {pullSecrets: [${Array.from({ length: 21 }, (_, index) => `a${index}`).join(', ')}]}`,
      ['images.pullSecrets config.yaml:1:23: pullSecrets has 21 items; write at most 20 items'],
    ],
    [
      `proxy: {httpsProxy: "http://${'a'.repeat(500)}"}`,
      ['proxy.httpsProxy config.yaml:1:21: httpsProxy has 507 characters; write at most 500 characters'],
    ],
    [
      'dependencies: {denied: {nodejs: [{name: "", reason: x}]}}',
      ['dependencies.denied.nodejs[0].name config.yaml:1:41: name is empty; write at least 1 character'],
    ],
    [
      `dependencies: {denied: {nodejs: [${'{name: a, reason: b},'.repeat(1001)}]}}`,
      [
        'dependencies.denied.nodejs config.yaml:1:33: nodejs has 1001 entries; write at most 1000 entries per file; put the others into further files, or into a JSON file in the OSV format',
      ],
    ],
    [
      'runtimes: {python312: {version: 3.12}}',
      ['runtimes.python312.version config.yaml:1:33: version is the number 3.12; put it in quotes'],
    ],
    ['mode:', ['mode config.yaml:1:1: mode is empty, which it cannot be; write one of buildless, disabled']],
    [
      'defaultProfile:',
      [
        'defaultProfile config.yaml:1:1: defaultProfile is empty; give it a value, or leave the key out to have the default',
      ],
    ],
    ['server: [1]', ['server config.yaml:1:9: server is a list; write keys and values below it']],
    ['- mode', ['config.yaml:1:1: the configuration is a list; write keys and values below it']],
    [
      'defaultProfile: XXL',
      [
        'defaultProfile config.yaml:1:17: defaultProfile names "XXL", which is not a profile; name one of XS, S, M, L, XL',
      ],
    ],
    [
      'profiles:\n  L: null',
      ['defaultProfile config.yaml:1:1: defaultProfile names "L", which is not a profile; name one of XS, S, M, XL'],
    ],
    [
      'runtimes:\n  nodjs22: {image: "node:22.1"}',
      [
        'runtimes.nodjs22 config.yaml:2:3: the runtime nodjs22 is new and lacks language, version, interpreter; add what is missing, or write "nodejs22"',
      ],
    ],
    [
      'runtimes:\n  ruby33: {image: "ruby:3.3"}',
      [
        'runtimes.ruby33 config.yaml:2:3: the runtime ruby33 is new and lacks language, version, interpreter; add what is missing',
      ],
    ],
    [
      'runtimes: {nodejs22: {version: "22.1"}}',
      [
        'runtimes.nodejs22.version config.yaml:1:32: "22.1" is not a version of nodejs as the catalogue has it; write the major version alone, such as "22"',
      ],
    ],
    [
      'runtimes: {nodejs22: {version: "18"}}',
      [
        'runtimes.nodejs22.version config.yaml:1:32: the server of Functions does not run on Node.js 18; use Node.js 20 or newer',
      ],
    ],
    [
      'runtimes: {mine: {language: python, version: "3.9", image: "python:3.9.1", interpreter: /opt/bin/python3.9}}',
      [
        'runtimes.mine.version config.yaml:1:46: the server of Functions does not run on Python 3.9; use Python 3.11 or newer',
      ],
    ],
    [
      'runtimes: {nodejs22: {interpreter: bin/node}}',
      [
        'runtimes.nodejs22.interpreter config.yaml:1:36: "bin/node" is not a command; write the name or the absolute path of the interpreter, without arguments',
      ],
    ],
    [
      'runtimes: {mine: {language: nodejs, version: "22", image: "python:3.12.1", interpreter: python3.12}}',
      [
        'runtimes.mine.interpreter config.yaml:1:89: "python3.12" runs Python, and the language of the runtime is nodejs; write language: python, or a command that runs Node.js',
      ],
    ],
    [
      'runtimes: {bun1: {libc: musl}}',
      [
        'runtimes.bun1.libc config.yaml:1:25: nothing can install packages for Bun with musl: its image has no installer, and those of the toolkit need glibc; use an image with glibc',
      ],
    ],
    [
      'toolkit: {image: registry.example:5000/buildless}',
      [
        'toolkit.image config.yaml:1:18: the image "registry.example:5000/buildless" has no tag, which means latest; add a tag with a version, or a digest',
      ],
    ],
    [
      'toolkit: {image: "buildless:latest"}',
      [
        'toolkit.image config.yaml:1:18: the image "buildless:latest" floats; write a tag with a version, or add a digest',
      ],
    ],
    [
      'toolkit: {image: "Not An Image"}',
      [
        'toolkit.image config.yaml:1:18: "Not An Image" is not an image reference; write REGISTRY/NAME:TAG or REGISTRY/NAME@DIGEST',
      ],
    ],
    [
      'volumes: {tmpSizeLimit: 1GB}',
      ['volumes.tmpSizeLimit config.yaml:1:25: "1GB" is not a quantity; write a number with Mi or Gi, such as 256Mi'],
    ],
    [
      'volumes: {tmpSizeLimit: 0}',
      ['volumes.tmpSizeLimit config.yaml:1:25: the limit is nothing; write a number with Mi or Gi, such as 256Mi'],
    ],
    [
      'profiles:\n  L:\n    limits:\n      memory: 128m',
      [
        'profiles.L.limits.memory config.yaml:4:15: "128m" is a part of one byte; write a number with Mi or Gi, such as 256Mi',
      ],
    ],
    [
      'profiles: {L: {limits: {memroy: 128Mi}}}',
      [
        'profiles.L.limits.memroy config.yaml:1:25: "memroy" is not a resource; write cpu, memory, ephemeral-storage or DOMAIN/NAME',
      ],
    ],
    [
      'profiles: {L: {limits: {cpu: []}}}',
      ['profiles.L.limits.cpu config.yaml:1:30: cpu is a list; write a number or a quantity such as 256Mi'],
    ],
    [
      'profiles: {L: {limits: {cpu: 100m}}}',
      [
        'profiles.L.requests.cpu config.yaml:1:15: profiles.L requests 400m of cpu, more than its limit of 100m; lower the request, or raise the limit',
      ],
    ],
    [
      'server:\n  env:\n    1UP: x',
      [
        'server.env.1UP config.yaml:3:5: "1UP" is not a name of an environment variable; write letters, digits, "_", "-" and ".", not beginning with a digit',
      ],
    ],
    [
      'server: {env: {DEBUG: true}}',
      ['server.env.DEBUG config.yaml:1:23: DEBUG is the boolean true; put it in quotes'],
    ],
    [
      'install: {registry: Private}',
      [
        'install.registry config.yaml:1:21: "Private" is not a name of a Secret; write lower-case letters, digits, "-" and "."',
      ],
    ],
    [
      'runtimes: {"a b": {}}',
      [
        'runtimes.a b config.yaml:1:12: "a b" is not a name of a runtime; write letters, digits, "-", "_" and ".", at most 63 of them',
      ],
    ],
    [
      'mode: buildless\nmode: disabled',
      ['config.yaml:2:1: this is not YAML: the key appears twice in one map; remove one of the two'],
    ],
    ['server:\n\tenv: {}', ['config.yaml:2:1: this is not YAML: a tab is used to indent; indent with spaces']],
    ['mode: buildless\n---\nmode: disabled', ['config.yaml:2:1: a second document begins here; write one document']],
    [
      'mode: *m',
      ['config.yaml:1:7: an alias names an anchor that does not exist; define the anchor earlier in the same document'],
    ],
  ])('%j', (text, expected) => {
    expect(messages(text)).toEqual(expected);
  });

  it('tells every problem at once, in the order of the file', () => {
    expect(
      messages('server: {timeoutSeconds: 0}\nx: 1\nvolumes: {appSizeLimit: big}\n').map((text) => text.split(' ')[0]),
    ).toEqual(['server.timeoutSeconds', 'x', 'volumes.appSizeLimit']);
  });

  it('keeps at least one runtime', () => {
    const rows = Object.keys(DEFAULT_CONFIGURATION.runtimes).map((name) => `  ${name}: null`);
    expect(messages(['runtimes:', ...rows].join('\n'))).toEqual([
      'runtimes config.yaml:1:1: no runtime is left; keep at least one',
    ]);
  });

  it('does not follow aliases that multiply', () => {
    const rows = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
    for (const [at, name] of [...'bcdefgh'].entries()) {
      const below = 'abcdefgh'[at] ?? '';
      rows.push(`${name}: &${name} [${Array.from({ length: 10 }, () => `*${below}`).join(', ')}]`);
    }
    expect(messages(rows.join('\n')).join()).toContain('the aliases multiply into too much');
  });
});
