/**
 * Asks registries through npm's own HTTP client, with npm's own settings: registries of scopes, credentials, proxies, authorities
 * and retries are those of `npm install`. A program of its own, as npm reads and changes the environment of its process.
 *
 * Arguments: npm-cli.js, a file with `Question`, a file for `Answer`.
 */
export const PROGRAM = String.raw`'use strict';
const { createRequire } = require('node:module');
const { readFileSync, writeFileSync } = require('node:fs');
const [, , script, input, output] = process.argv;
const ofNpm = createRequire(script);
const { requests, atOnce, mostBytes } = JSON.parse(readFileSync(input, 'utf8'));
process.argv = [process.argv[0], script, 'view'];

const main = async () => {
  const Npm = ofNpm('../lib/npm.js');
  const fetch = ofNpm('npm-registry-fetch');
  const npm = new Npm({ argv: ['view'], excludeNpmCwd: true });
  await npm.load();
  const settings = { ...npm.flatOptions, size: mostBytes };
  let clock;
  const answers = [];
  const ask = async ({ address, spec, accept, user, insecure }) => {
    const authorization = user === undefined ? {} : { authorization: 'Basic ' + Buffer.from(user).toString('base64') };
    const options = {
      ...settings,
      ...(spec !== undefined && { spec }),
      ...(insecure && { strictSSL: false }),
      headers: { accept, ...authorization },
    };
    try {
      const response = await fetch(address, options);
      const date = Date.parse(response.headers.get('date') ?? '');
      if (!Number.isNaN(date) && !(clock >= date)) clock = date;
      const type = response.headers.get('content-type') ?? '';
      const text = await response.text();
      try {
        return { body: JSON.parse(text) };
      } catch {
        return { notJson: type.slice(0, 100) };
      }
    } catch (error) {
      const status = Number(error.statusCode ?? 0);
      if (status === 404) return { missing: true };
      return { failed: { code: String(error.code ?? ''), status, message: String(error.message).slice(0, 500) } };
    }
  };
  const next = requests.entries();
  const worker = async () => {
    for (const [index, request] of next) {
      const answer = await ask(request);
      // All of it may be a hundred MiB: only what was asked for is kept.
      answers[index] = 'body' in answer ? { found: picked(answer.body, request) } : answer;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  writeFileSync(output, JSON.stringify({ answers, ...(clock !== undefined && { clock: new Date(clock).toISOString() }) }));
};

const object = (value) => (typeof value === 'object' && value !== null ? value : {});
const own = (value, key) => (Object.hasOwn(object(value), key) ? value[key] : undefined);

const picked = (body, { versions, digests }) => {
  if (versions !== undefined) {
    return versions.map((version) => {
      const { dist, _npmUser } = object(own(own(body, 'versions'), version));
      const { integrity, shasum, tarball, attestations } = object(dist);
      const { provenance } = object(attestations);
      const published = own(own(body, 'time'), version);
      const attested = typeof own(provenance, 'predicateType') === 'string';
      return { version, exists: dist !== undefined, published, integrity, shasum, tarball, attested, publisher: publisherOf(_npmUser) };
    });
  }
  const wanted = new Set(digests);
  const files = Array.isArray(object(body).files) ? body.files : [];
  return files.slice(0, 50000).map((file) => {
    const { filename, hashes, provenance } = object(file);
    const sums = Object.entries(object(hashes)).map(([algorithm, sum]) => (algorithm + ':' + String(sum)).toLowerCase());
    const matched = sums.filter((sum) => wanted.has(sum));
    // Of the others only the name, which has the version.
    if (matched.length === 0) return { filename };
    // Null says that there is none; an index that knows no attestations leaves it out.
    const attested = typeof provenance === 'string' ? true : provenance === null ? false : undefined;
    return { filename, digests: matched, published: file['upload-time'], attested };
  });
};

// docs.npmjs.com/trusted-publishers: the registry shows a publisher of a pipeline beside its name.
const publisherOf = (user) => {
  if (typeof user !== 'object' || user === null) return undefined;
  const trusted = own(user, 'trustedPublisher');
  if (typeof trusted !== 'object' || trusted === null) return 'account';
  return 'trusted:' + String(own(trusted, 'id') ?? '').slice(0, 50);
};

main().catch((error) => {
  process.stderr.write('npm error ' + String(error && error.stack || error).slice(0, 2000) + '\n');
  process.exitCode = 1;
});
`;
