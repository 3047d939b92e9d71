import forge from 'node-forge';
import { execFileSync, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

export interface GitServer {
  /** `git+https://127.0.0.1:PORT/`. */
  readonly source: string;
  readonly origin: string;
  /** Certificate that clients have to trust. */
  readonly authority: string;
  /** `Authorization` headers that came. */
  readonly credentials: string[];
  readonly close: () => Promise<void>;
}

export interface GitServerOptions {
  readonly username?: string;
  readonly password?: string;
  /** Answers every request with a redirect to this origin. */
  readonly redirectTo?: string;
  /** `first`: the protocol before version 2, which gives only what a branch or tag points at; `dumb`: plain files. */
  readonly protocol?: 'first' | 'dumb';
  /** Names in its certificate beside 127.0.0.1. */
  readonly names?: readonly string[];
}

/** Git's own HTTP server (git-http-backend(1)) behind TLS, for the repositories of a folder. */
export async function startGitServer(folder: string, options: GitServerOptions = {}): Promise<GitServer> {
  const { key, certificate } = makeCertificate(options.names);
  const credentials: string[] = [];
  const expected = `Basic ${Buffer.from(`${options.username ?? ''}:${options.password ?? ''}`).toString('base64')}`;
  const server = createServer({ key, cert: certificate }, (request, response) => {
    const { authorization } = request.headers;
    if (authorization !== undefined) credentials.push(authorization);
    if (options.redirectTo !== undefined) {
      response.writeHead(302, { location: options.redirectTo + (request.url ?? '/') }).end();
    } else if (options.password !== undefined && authorization !== expected) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
    } else if (options.protocol === 'dumb') {
      answerWithFile(folder, request, response);
    } else {
      answerWithGit(folder, request, response, options.protocol === 'first' ? undefined : request.headers);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = addressOf(server.address());
  const authority = path.join(folder, `authority-${port}.pem`);
  await writeFile(authority, certificate);
  return {
    source: `git+https://127.0.0.1:${port}/`,
    origin: `https://127.0.0.1:${port}`,
    authority,
    credentials,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  return address;
}

function answerWithFile(folder: string, request: IncomingMessage, response: ServerResponse): void {
  const file = path.join(folder, new URL(request.url ?? '/', 'https://git.example').pathname);
  if (!existsSync(file)) response.writeHead(404).end();
  else response.end(readFileSync(file));
}

/**
 * CGI, RFC 3875.
 *
 * @param protocol headers that ask for a newer protocol
 */
function answerWithGit(
  folder: string,
  request: IncomingMessage,
  response: ServerResponse,
  protocol: IncomingMessage['headers'] | undefined,
): void {
  const url = new URL(request.url ?? '/', 'https://git.example');
  const backend = spawn('git', ['-c', 'safe.directory=*', 'http-backend'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(protocol?.['git-protocol'] ?? ''),
      REMOTE_ADDR: '127.0.0.1',
    },
  });
  request.pipe(backend.stdin);
  const chunks: Buffer[] = [];
  backend.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  backend.on('close', () => {
    const answer = Buffer.concat(chunks);
    const end = answer.indexOf('\r\n\r\n');
    const headers = answer
      .subarray(0, end)
      .toString('latin1')
      .split('\r\n')
      .map((line) => line.split(': ', 2));
    const status = headers.find(([name]) => name === 'Status')?.[1] ?? '200';
    for (const [name, value] of headers) if (name !== undefined && value !== undefined) response.setHeader(name, value);
    response.writeHead(Number.parseInt(status, 10)).end(answer.subarray(end + 4));
  });
}

/** A certificate for 127.0.0.1 that is its own authority. */
function makeCertificate(names: readonly string[] = []): { readonly key: string; readonly certificate: string } {
  const pair = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(pair.publicKey);
  certificate.serialNumber = '01';
  certificate.validity.notBefore = new Date(Date.now() - 86_400_000);
  certificate.validity.notAfter = new Date(Date.now() + 86_400_000);
  const name = [{ name: 'commonName', value: 'git server of a test' }];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true },
    { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }, ...names.map((value) => ({ type: 2, value }))] },
  ]);
  certificate.sign(forge.pki.privateKeyFromPem(pair.privateKey), forge.md.sha256.create());
  return { key: pair.privateKey, certificate: forge.pki.certificateToPem(certificate) };
}

/** Makes a repository with some history: a bare one at `FOLDER/NAME.git`. */
export class Repository {
  readonly #work: string;
  readonly #bare: string;

  constructor(folder: string, name: string) {
    this.#work = path.join(folder, `${name}-work`);
    this.#bare = path.join(folder, `${name}.git`);
    this.git('init', '--quiet', '--initial-branch=main', this.#work);
    this.git('init', '--quiet', '--bare', '--initial-branch=main', this.#bare);
  }

  get path(): string {
    return this.#bare;
  }

  git(...args: readonly string[]): string {
    const identity = ['-c', 'user.name=A', '-c', 'user.email=a@git.example', '-c', 'safe.directory=*'];
    const env = { PATH: process.env.PATH, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
    const directory = args[0] === 'init' ? '/' : this.#work;
    return execFileSync('git', [...identity, ...args], { cwd: directory, env, encoding: 'utf8' }).trim();
  }

  /** Commits files on the present branch and pushes everything. */
  async commit(files: Readonly<Record<string, string>>): Promise<string> {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(this.#work, name)), { recursive: true });
      await writeFile(path.join(this.#work, name), content);
    }
    this.git('add', '--all');
    this.git('commit', '--quiet', '--message=a commit');
    this.push();
    return this.git('rev-parse', 'HEAD');
  }

  push(): void {
    this.git('push', '--quiet', '--force', this.#bare, '--all');
    this.git('push', '--quiet', '--force', this.#bare, '--tags');
  }
}
