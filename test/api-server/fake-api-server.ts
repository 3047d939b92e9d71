import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { SelfSigned } from './self-signed.ts';

interface StoredObject {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly resourceVersion: string;
    readonly uid?: string;
  };
  readonly immutable?: boolean;
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: object;
  readonly status?: object;
}

interface Watcher {
  readonly collection: string;
  readonly labelSelector: string | null;
  readonly response: http.ServerResponse;
}

const COLLECTIONS: Readonly<Record<string, string>> = {
  configmaps: 'ConfigMap',
  namespaces: 'Namespace',
  limitranges: 'LimitRange',
  resourcequotas: 'ResourceQuota',
  leases: 'Lease',
  pods: 'Pod',
};

/** A small API server for what the webhook follows that speaks list, watch and get over HTTP. */
export class FakeApiServer {
  readonly requests: string[] = [];
  /** Answers instead of the server, once for each time that it is asked; true where it did. */
  intercept: (request: http.IncomingMessage, response: http.ServerResponse) => boolean = () => false;
  private readonly objects = new Map<string, StoredObject>();
  private readonly watchers = new Set<Watcher>();
  private version = 100;
  private readonly server: http.Server;
  private folder = '';

  /** Over HTTPS where there is a certificate. */
  constructor(private readonly tls?: SelfSigned) {
    const handle = (request: http.IncomingMessage, response: http.ServerResponse): void => {
      this.requests.push(request.url ?? '');
      if (!this.intercept(request, response)) this.answer(new URL(request.url ?? '/', 'http://api'), response);
    };
    this.server =
      tls === undefined
        ? http.createServer(handle)
        : https.createServer({ key: tls.key, cert: tls.certificate }, handle);
  }

  /** @returns the path of a kubeconfig */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.folder = await mkdtemp(path.join(tmpdir(), 'buildless-kubeconfig-'));
    return this.kubeconfig(this.tls?.certificate);
  }

  /** @returns the path of a kubeconfig that trusts a certificate */
  async kubeconfig(certificate?: string): Promise<string> {
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('the server is not listening');
    const { port } = address;
    const cluster =
      certificate === undefined
        ? { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true }
        : {
            server: `https://127.0.0.1:${port}`,
            'certificate-authority-data': Buffer.from(certificate).toString('base64'),
          };
    return this.write('config', {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'test',
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
      clusters: [{ name: 'test', cluster }],
      users: [{ name: 'test', user: { token: 'secret' } }],
    });
  }

  /** @returns the path of one that cannot be used */
  async badKubeconfig(name: string): Promise<string> {
    if (name === 'contextless')
      return this.write(name, { apiVersion: 'v1', kind: 'Config', clusters: [], contexts: [], users: [] });
    const file = path.join(this.folder, name);
    if (name === 'empty') await writeFile(file, '');
    return file;
  }

  private async write(name: string, content: object): Promise<string> {
    const file = path.join(this.folder, name);
    await writeFile(file, JSON.stringify(content));
    return file;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Creates or updates an object and tells the watchers. */
  put(
    kind: string,
    name: string,
    rest: {
      namespace?: string;
      labels?: Record<string, string>;
      annotations?: Record<string, string>;
      uid?: string;
      data?: Record<string, string>;
      immutable?: boolean;
      spec?: object;
      status?: object;
    } = {},
  ): void {
    const { namespace, labels, annotations, uid, data, immutable, spec, status } = rest;
    const key = `${kind}/${namespace ?? ''}/${name}`;
    const before = this.objects.get(key);
    this.version += 1;
    const object: StoredObject = {
      kind,
      metadata: {
        name,
        resourceVersion: String(this.version),
        ...(namespace !== undefined && { namespace }),
        ...(labels !== undefined && { labels }),
        ...(annotations !== undefined && { annotations }),
        ...(uid !== undefined && { uid }),
      },
      ...(immutable !== undefined && { immutable }),
      ...(data !== undefined && { data }),
      ...(spec !== undefined && { spec }),
      ...(status !== undefined && { status }),
    };
    this.objects.set(key, object);
    for (const watcher of this.watchers) {
      if (COLLECTIONS[watcher.collection] !== kind) continue;
      const did = before !== undefined && selected(before, watcher.labelSelector);
      const does = selected(object, watcher.labelSelector);
      if (did || does) send(watcher, does ? (did ? 'MODIFIED' : 'ADDED') : 'DELETED', object);
    }
  }

  delete(kind: string, name: string, namespace = ''): void {
    const key = `${kind}/${namespace}/${name}`;
    const object = this.objects.get(key);
    if (object === undefined) throw new Error(`no ${key}`);
    this.objects.delete(key);
    this.version += 1;
    const last = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.version) } };
    for (const watcher of this.watchers) {
      if (COLLECTIONS[watcher.collection] === kind && selected(object, watcher.labelSelector))
        send(watcher, 'DELETED', last);
    }
  }

  /** Sends a raw event to every watcher of a collection. */
  emit(collection: string, type: string, object: object): void {
    for (const watcher of this.watchers) if (watcher.collection === collection) send(watcher, type, object);
  }

  /** Without a word to the watchers. */
  putSilently(...args: Parameters<FakeApiServer['put']>): void {
    const watchers = [...this.watchers];
    this.watchers.clear();
    this.put(...args);
    for (const watcher of watchers) this.watchers.add(watcher);
  }

  watching(): number {
    return this.watchers.size;
  }

  /** Cuts every watch in the middle, as a dying API server does. */
  cutWatches(): void {
    for (const { response } of this.watchers) response.destroy();
    this.watchers.clear();
  }

  private answer(url: URL, response: http.ServerResponse): void {
    // `/api/VERSION/...` or `/apis/GROUP/VERSION/...`
    const parts = url.pathname.split('/').slice(url.pathname.startsWith('/apis/') ? 4 : 3);
    const [name, collection, namespace] =
      parts.length >= 3
        ? [parts[3], parts[2], parts[1]]
        : parts.length === 2
          ? [parts[1], parts[0], '']
          : [undefined, parts[0], ''];
    const kind = COLLECTIONS[collection ?? ''] ?? '';
    const labelSelector = url.searchParams.get('labelSelector');
    if (name !== undefined) {
      const object = this.objects.get(`${kind}/${namespace ?? ''}/${name}`);
      if (object === undefined) json(response, 404, { kind: 'Status', code: 404, message: `${name} not found` });
      else json(response, 200, object);
    } else if (url.searchParams.get('watch') === 'true') {
      response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
      const watcher = { collection: collection ?? '', labelSelector, response };
      this.watchers.add(watcher);
      response.on('close', () => this.watchers.delete(watcher));
    } else {
      this.list(kind, url, response);
    }
  }

  /** Pages as the real one does, with the offset as the token. */
  private list(kind: string, url: URL, response: http.ServerResponse): void {
    const found = [...this.objects.values()].filter(
      (object) => object.kind === kind && selected(object, url.searchParams.get('labelSelector')),
    );
    const from = Number(url.searchParams.get('continue') ?? 0);
    const limit = Number(url.searchParams.get('limit') ?? 500);
    const more = from + limit < found.length ? String(from + limit) : undefined;
    const items = found.slice(from, from + limit);
    json(response, 200, {
      kind: `${kind}List`,
      metadata: { resourceVersion: String(this.version), continue: more },
      items,
    });
  }
}

/** `KEY` or `KEY=VALUE`. */
function selected({ metadata: { labels } }: StoredObject, labelSelector: string | null): boolean {
  if (labelSelector === null) return true;
  const [key = '', value] = labelSelector.split('=');
  return value === undefined ? labels?.[key] !== undefined : labels?.[key] === value;
}

/** In two pieces, as the network may deliver it. */
function send({ response }: Watcher, type: string, object: object): void {
  const line = `${JSON.stringify({ type, object })}\n`;
  response.write(line.slice(0, 20));
  response.write(line.slice(20));
}

function json(response: http.ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
