import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { KNOWN, NO_NAMES, OURS } from './known-names.ts';
import { askedIn } from './named-packages.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const PLACES = [
  '*.md',
  'docs',
  'src',
  'types',
  'examples',
  'deploy',
  'demo',
  'certs',
  'scripts',
  '.github',
  'integrations',
  '.pre-commit-hooks.yaml',
];

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...PLACES], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && !file.endsWith('.svg'));

const askedOf = (file: string): ReturnType<typeof askedIn> =>
  askedIn(readFileSync(path.join(ROOT, file), 'utf8'), /\.(?:ya?ml|md|tpl)$/.test(file) ? 'yaml' : 'other');

describe('documents, messages and examples ask a registry for nothing that a stranger owns', () => {
  it('each npm, PyPI, image and chart name is ours or known', () => {
    expect(files.length).toBeGreaterThan(300);
    const unknown = files.flatMap((file) =>
      askedOf(file)
        .filter(({ registry, name }) => !KNOWN[registry].includes(name) && !name.startsWith(OURS))
        .filter(({ name }) => !NO_NAMES.some((each) => each.file === file && each.name === name))
        .map(({ registry, name, line }) => `${file}:${line}: ${registry} ${name}`),
    );
    expect(unknown).toEqual([]);
  });

  it('lists no name that nothing asks for', () => {
    const asked = files.flatMap((file) => askedOf(file));
    const unused = Object.entries(KNOWN).flatMap(([registry, names]) =>
      names.filter((name) => !asked.some((each) => each.registry === registry && each.name === name)),
    );
    expect(unused).toEqual([]);
  });
});

describe('the reader of those names', () => {
  it.each([
    ['kubectl get functions -o yaml | npx buildless convert -f -', ['npm buildless']],
    ['npx --yes buildless@1.0.0 run', ['npm buildless']],
    ['`npm exec -- buildless`', ['npm buildless']],
    ['npm i -g buildless', ['npm buildless']],
    ['npm install --save-dev ./buildless-0.2.0.tgz @types/express@5 left-pad', ['npm @types/express', 'npm left-pad']],
    ['run npm install --package-lock-only, and add it', []],
    ['yarn add \\\n  buildless', ['npm buildless']],
    ['npm view axios version', []],
    ['has npm install packages elsewhere than the lock has them', []],
    ['python3 -m pip install --user buildless==1.0 "x"', ['PyPI buildless']],
    ['uvx buildless', ['PyPI buildless']],
    ['pip install -r requirements.txt', []],
    ['docker run --rm buildless:1 serve', ['image buildless']],
    [
      'FROM --platform=$BUILDPLATFORM docker.io/library/node:24 AS x',
      ['image docker.io/library/node', 'image docker.io/library/node'],
    ],
    ['      image: stranger/buildless:0.2.0', ['image stranger/buildless']],
    ['    - image: registry.example/buildless:1', []],
    ['kubectl debug x --image=busybox:1.36 -it', ['image busybox']],
    ["const image = 'ghcr.io/stranger/buildless:1'", ['image ghcr.io/stranger/buildless']],
    ['helm install buildless deploy/chart -n buildless-system', []],
    ['helm upgrade buildless buildless/buildless --install', ['chart buildless/buildless']],
    ['helm pull oci://ghcr.io/x/y --version 1', ['chart oci://ghcr.io/x/y', 'image ghcr.io/x/y']],
    ['kubectl krew install buildless', ['krew buildless']],
    ['kubectl krew install --manifest=buildless.yaml', []],
    ['npm install NAME, npx PACKAGE, docker pull $IMAGE', []],
  ])('finds in %j', (text, expected) => {
    expect(askedIn(text).map(({ registry, name }) => `${registry} ${name}`)).toEqual(expected);
  });
});
