import { describe, expect, it } from 'vitest';
import { PUBLIC_REGISTRY } from '../../../src/dependencies/npm/registries.ts';
import { told, withoutLockFinding } from './source-of.ts';

const HOST = new URL(PUBLIC_REGISTRY).host;
const MANIFEST = { dependencies: { axios: '1.7.2' } };

/** What a user reads about an .npmrc beside a package.json that is good. */
const own = (npmrc: string, registries: readonly string[] = []): readonly string[] =>
  withoutLockFinding(told({ 'package.json': MANIFEST, '.npmrc': npmrc }, registries));

describe('.npmrc as a user reads what is wrong with it', () => {
  it('refuses registries that the configuration does not allow, also of a scope', () => {
    expect(own('fund=false\n  registry = https://evil.example/npm\n@team:registry=https://npm.team.example\n')).toEqual(
      [
        'no-latest: .npmrc:2:3: "registry" is at evil.example, which is not a registry that the configuration allows, and whoever can publish there chooses what is installed; remove the line, or have the administrator add the registry to dependencies.registries.nodejs of the configuration [dependencies-invalid]',
        'no-latest: .npmrc:3:1: "@team:registry" is at npm.team.example, which is not a registry that the configuration allows, and whoever can publish there chooses what is installed; remove the line, or have the administrator add the registry to dependencies.registries.nodejs of the configuration [dependencies-invalid]',
      ],
    );
    expect(own('registry=evil.example\n')).toEqual([
      'no-latest: .npmrc:1:1: the value of "registry" is not an address over https or http; write https://HOST/PATH/, or remove the line [dependencies-invalid]',
    ]);
  });

  it('refuses certificates that are not checked or are of the source, and proxies', () => {
    expect(own('strict-ssl=false\ncafile=./ca.pem\nhttps-proxy=http://proxy.example:3128\n')).toEqual([
      'no-latest: .npmrc:1:1: "strict-ssl" is off, so that no certificate is checked, and anyone on the way can send other packages; remove the line; the authority of a private registry belongs in .npmrc ("ca") of the Secret in buildless.dev/registry [dependencies-invalid]',
      'no-latest: .npmrc:2:1: "cafile" is of the source, and whoever has the key of a certificate in it can send packages in the name of each registry; remove the line; the authority of a private registry belongs in .npmrc ("ca") of the Secret in buildless.dev/registry [dependencies-invalid]',
      'no-latest: .npmrc:3:1: "https-proxy" is a proxy that the source names, and what comes over http can be changed there; remove the line; a cluster\'s proxy belongs in .npmrc of the Secret in buildless.dev/registry [dependencies-invalid]',
    ]);
  });

  it('refuses what would have npm do what nobody has judged', () => {
    expect(own('globalconfig=./other.npmrc\ngit=./git\ninclude=dev\n')).toEqual([
      'no-latest: .npmrc:1:1: "globalconfig" names another file of settings, which are not judged; remove the line, and write here what the file has [dependencies-invalid]',
      'no-latest: .npmrc:2:1: "git" names a program that npm starts where the credentials of the registry are; remove the line [dependencies-invalid]',
      'no-latest: .npmrc:3:1: "include" brings in devDependencies, which are not judged; remove the line, and list in dependencies what the Function needs [dependencies-invalid]',
    ]);
  });

  it('cannot say what a variable stands for', () => {
    expect(own('registry=${NPM_REGISTRY}\n${A?}registry=https://evil.example/\n')).toEqual([
      'no-latest: .npmrc:1:1: what ${NPM_REGISTRY} stands for is known only when a Pod starts; write the value itself, or remove the line; credentials belong in .npmrc of the Secret in buildless.dev/registry [dependencies-float]',
      'no-latest: .npmrc:2:1: what ${A} stands for is known only when a Pod starts; write the value itself, or remove the line; credentials belong in .npmrc of the Secret in buildless.dev/registry [dependencies-float]',
    ]);
  });

  it('lets a variable pass that is only the key to a registry, as repositories have it for their own builds', () => {
    expect(own(`//${HOST}/:_authToken=\${NPM_TOKEN}\n`)).toEqual([]);
    expect(own('//${HOST}/:_authToken=x\n')).toContainEqual(expect.stringContaining('what ${HOST} stands for'));
  });

  it('refuses what looks like settings and is none', () => {
    expect(own('[npm]\nregistry=https://evil.example/\n')).toEqual([
      'no-latest: .npmrc:1:1: a heading stands here, and npm takes no setting from below one; remove the line [dependencies-invalid]',
    ]);
    expect(own(`registry='["https://evil.example/"]'\n`)).toEqual([
      'no-latest: .npmrc:1:1: the quotes hold JSON, which makes no text of this setting; remove the quotes; a list is written KEY[] = VALUE, a line for each [dependencies-invalid]',
    ]);
  });

  it('warns of a credential by default, without showing it', () => {
    const lines = own('registry=https://deploy:hunter2@npm.team.example/\n//npm.team.example/:_authToken=hunter2\n', [
      'https://npm.team.example/',
    ]);
    expect(lines).toEqual([
      'exact: .npmrc:1:1: "registry" holds a credential, and whoever can read the source can read it; have it replaced, and put the new one into .npmrc of a Secret that buildless.dev/registry names [credential-in-source]',
      'exact: .npmrc:2:1: "//npm.team.example/:_authToken" holds a credential, and whoever can read the source can read it; have it replaced, and put the new one into .npmrc of a Secret that buildless.dev/registry names [credential-in-source]',
    ]);
    for (const value of [
      'http://deploy:hunter2@evil.example/',
      'https://hunter2@evil.example/',
      'https://evil.example/hunter2/?hunter2#hunter2',
      `https://${HOST}:hunter2@evil.example/`,
      'deploy:hunter2@evil.example',
    ]) {
      const all = own(`registry=${value}\n@team:registry=${value}\nproxy=${value}\n`);
      expect(all.map((line) => line.slice(0, 'no-latest'.length))).toContain('no-latest');
      expect(all.join('\n')).not.toContain('hunter2');
    }
  });
});

describe('a line of .npmrc', () => {
  const CODES = /^(\S+): .*\[(\S+)\]$/;
  /** Level and code of each finding. */
  const verdicts = (npmrc: string): readonly string[] =>
    own(npmrc, ['https://npm.team.example/npm', 'http://plain.example/']).map((line) => line.replace(CODES, '$1 $2'));

  it.each([
    `registry=https://${HOST}`,
    `registry=${PUBLIC_REGISTRY}`,
    `registry = "https://${HOST.toUpperCase()}:443/"`,
    `registry = ${PUBLIC_REGISTRY} ; the public one`,
    'registry=https://npm.team.example/npm',
    'registry=https://npm.team.example/npm/group/',
    '@team:registry=http://plain.example/',
    '; registry=https://evil.example/',
    '# registry=https://evil.example/',
    'REGISTRY=https://evil.example/',
    'ignore-scripts=false',
    'package-lock=false',
    'save-exact=true',
    'save-prefix=',
    'engine-strict',
    'legacy-peer-deps=false',
    'install-links=false',
    'install-strategy=nested',
    'omit=optional',
    'include=optional',
    'production=true',
    'tag=next',
    'before=2024-01-01',
    'replace-registry-host=always',
    'strict-ssl=true',
    'strict-ssl',
    'ca=null',
    'proxy=null',
    'noproxy=10.0.0.0/8',
    'git=git',
    'node-linker=hoisted',
    '//npm.team.example/:email=team@team.example',
    'init-author-name=\\${USER}',
    'constructor=1',
  ])('that is harmless: %s', (line) => {
    expect(verdicts(line)).toEqual([]);
  });

  it.each([
    `registry=http://${HOST}/`,
    `registry=https://${HOST}.evil.example/`,
    `registry = "${PUBLIC_REGISTRY}" ; npm takes the quotes for a part of it`,
    'registry=https://npm.team.example/',
    'registry=https://npm.team.example/npm/../other/',
    'registry=https://npm.team.example/npm/%2e%2e/other/',
    'registry=https://npm.team.example/npmx/',
    'registry=file:///tmp/',
    'registry=null',
    'registry=',
    'registry',
    'registry[]=https://evil.example/',
    '"registry"="https:\\/\\/evil.example"',
    "'registry'='https://evil.example'",
    '\uFEFFregistry=https://evil.example',
    `registry=${PUBLIC_REGISTRY}\rregistry=https://evil.example`,
    '@Team:registry=https://evil.example/',
    'strict-ssl=0',
    'strict-ssl[]=false',
    'ca[]="-----BEGIN CERTIFICATE-----\\nx"',
    'include[]=dev',
    'also=development',
    'dev',
    'production=false',
    'git=/bin/sh',
  ])('that is refused: %j', (line) => {
    expect(verdicts(line)).toEqual(['no-latest dependencies-invalid']);
  });

  it.each([
    'legacy-peer-deps=true',
    'legacy-peer-deps',
    'install-links=true',
    'install-links',
    'install-strategy=linked',
  ])('by which npm does not install what the lock has: %s', (line) => {
    expect(verdicts(line)).toEqual(['locked dependencies-invalid']);
  });

  it.each([
    '//npm.team.example/:_authToken=x',
    '//npm.team.example/:_auth=eDp5',
    '//npm.team.example/:_password=eA==',
    '_authToken=x',
    '@team:registry=https://%zz@npm.team.example/npm/',
    'key="-----BEGIN PRIVATE KEY-----\\nx"',
  ])('that holds a credential: %s', (line) => {
    expect(verdicts(line)).toEqual(['exact credential-in-source']);
  });

  it('counts only where something is installed, except for what it gives away', () => {
    const npmrc = 'registry=https://evil.example/\n${A}=1\n//evil.example/:_authToken=x\n[x]\n';
    expect(told({ 'package.json': {}, '.npmrc': npmrc }).map((line) => line.replace(CODES, '$1 $2'))).toEqual([
      'exact credential-in-source',
    ]);
    expect(told({ '.npmrc': npmrc })).toEqual([]);
  });

  it('counts at the top of the source only', () => {
    const contents = { 'package.json': MANIFEST, 'lib/.npmrc': 'registry=https://evil.example/\n' };
    expect(withoutLockFinding(told(contents))).toEqual([]);
  });
});
