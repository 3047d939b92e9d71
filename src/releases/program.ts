/**
 * Asks registries through npm's own HTTP client, with npm's own settings: registries of scopes, credentials, proxies, authorities
 * and retries are those of `npm install`. A program of its own, as npm reads and changes the environment of its process.
 *
 * Arguments: npm-cli.js, a file with `Question`, a file for `Answer`.
 */
/** Versions of one package that are described: a lock has several only for markers. */
const MOST_DESCRIBED = 20;

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
  const ask = async (request) => {
    const answer = await read(request);
    if (!('text' in answer)) return answer;
    try {
      return { body: JSON.parse(answer.text) };
    } catch {
      return { notJson: answer.type.slice(0, 100) };
    }
  };
  const read = async ({ address, spec, accept, user, insecure }) => {
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
      return { text: await response.text(), type };
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
      if ('body' in answer && request.metadata) {
        const failed = await describe(answers[index].found, answer.body, request);
        if (failed !== undefined) answers[index] = failed;
      }
    }
  };
  // PEP 658 (packaging.python.org, "Simple repository API"): the metadata of a wheel is a file of its own.
  const describe = async (found, body, { address, user, insecure }) => {
    const described = new Set();
    for (const [at, each] of found.entries()) {
      if (each.digests === undefined) continue;
      const { filename, url, 'core-metadata': core, 'data-dist-info-metadata': data } = object(body.files[at]);
      const version = String(filename).split('-', 2)[1];
      if (!(core ?? data) || typeof url !== 'string' || !URL.canParse(url, address) || described.has(version)) continue;
      if (described.size === ${String(MOST_DESCRIBED)}) break;
      described.add(version);
      const place = new URL(url, address);
      place.pathname += '.metadata';
      place.hash = '';
      const isSame = place.origin === new URL(address).origin;
      const answer = await read({ address: place.href, accept: '*/*', insecure, ...(isSame && { user }) });
      if ('failed' in answer) return answer;
      if ('text' in answer) each.metadata = headersOf(answer.text);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  writeFileSync(output, JSON.stringify({ answers, ...(clock !== undefined && { clock: new Date(clock).toISOString() }) }));
};

const object = (value) => (typeof value === 'object' && value !== null ? value : {});
const own = (value, key) => (Object.hasOwn(object(value), key) ? value[key] : undefined);

// docs.npmjs.com, "package.json", "license": older packages have an object, or a list of them to choose from.
const licenceOf = ({ license, licenses }) => {
  const name = (value) => (typeof value === 'string' ? value : object(value).type);
  const names = license === undefined && Array.isArray(licenses) ? licenses.map(name) : [name(license)];
  if (names.length === 0 || names.length > 20 || !names.every((each) => typeof each === 'string' && each !== '')) return undefined;
  const text = names.length === 1 ? names[0] : names.map((each) => '(' + each + ')').join(' OR ');
  // Part of a licence may be another one.
  return text.length > 1000 ? text.slice(0, 100) + ' [...]' : text;
};

// packaging.python.org, "Core metadata specifications": headers as of an e-mail, up to the first empty line.
const headersOf = (text) => {
  const short = (value) => (value.length > 300 ? value.slice(0, 100) + ' [...]' : value);
  const found = { classifiers: [] };
  let last;
  for (const line of text.slice(0, 4 * 1024 * 1024).split('\n')) {
    if (line.trim() === '') break;
    const at = line.indexOf(':');
    // The text of a licence goes on in the next line.
    if (line.startsWith(' ') || line.startsWith('\t')) {
      if (last === 'license') found.license += ' [...]';
      last = undefined;
      continue;
    }
    last = line.slice(0, at).toLowerCase();
    const value = line.slice(at + 1).trim();
    if (last === 'license-expression') found.expression = short(value);
    if (last === 'license') found.license = short(value);
    if (last === 'classifier' && value.startsWith('License ::') && found.classifiers.length < 50) found.classifiers.push(short(value));
  }
  return found;
};

const picked = (body, { versions, digests }) => {
  if (versions !== undefined) {
    return versions.map((version) => {
      const manifest = object(own(own(body, 'versions'), version));
      const { dist, _npmUser } = manifest;
      const { integrity, shasum, tarball, attestations } = object(dist);
      const { provenance } = object(attestations);
      const published = own(own(body, 'time'), version);
      const attested = typeof own(provenance, 'predicateType') === 'string';
      const licence = licenceOf(manifest);
      return { version, exists: dist !== undefined, published, integrity, shasum, tarball, licence, attested, publisher: publisherOf(_npmUser) };
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
