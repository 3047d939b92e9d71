import { createServer, type IncomingMessage, type Server } from 'node:http';

/** A span as OTLP/HTTP carries it in JSON, with its attributes as an object. */
export interface CollectedSpan {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly status: { readonly code?: number; readonly message?: string };
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly resource: Readonly<Record<string, unknown>>;
  readonly scope: string;
  readonly events: readonly string[];
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface ExportRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly {
      readonly scope: { readonly name: string };
      readonly spans: readonly (Omit<CollectedSpan, 'attributes' | 'resource' | 'scope' | 'events'> & {
        readonly attributes: readonly Attribute[];
        readonly events?: readonly { readonly name: string }[];
      })[];
    }[];
  }[];
}

const objectOf = (attributes: readonly Attribute[]): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

/** Receives OTLP/HTTP in JSON as an OpenTelemetry collector does; every other request is answered with its headers. */
export class Collector {
  readonly spans: CollectedSpan[] = [];
  readonly paths: string[] = [];
  readonly #server: Server;
  #wake: (() => void) | undefined;

  private constructor() {
    this.#server = createServer((request, response) => {
      void read(request).then((text) => {
        this.paths.push(request.url ?? '');
        if (request.headers['content-type'] === 'application/json' && request.method === 'POST') {
          this.#take(JSON.parse(text) as ExportRequest);
          response.setHeader('content-type', 'application/json').end('{}');
        } else {
          response.setHeader('content-type', 'application/json').end(JSON.stringify(request.headers));
        }
      });
    });
  }

  static async listen(): Promise<Collector> {
    const collector = new Collector();
    await new Promise<void>((resolve) => collector.#server.listen(0, '127.0.0.1', resolve));
    return collector;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the collector does not listen');
    return `http://127.0.0.1:${address.port}`;
  }

  /** Waits until as many spans have come. */
  async received(count: number): Promise<readonly CollectedSpan[]> {
    while (this.spans.length < count) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.spans;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }

  #take({ resourceSpans }: ExportRequest): void {
    for (const { resource, scopeSpans } of resourceSpans) {
      for (const { scope, spans } of scopeSpans) {
        for (const { attributes, events = [], ...span } of spans) {
          this.spans.push({
            ...span,
            attributes: objectOf(attributes),
            resource: objectOf(resource.attributes),
            scope: scope.name,
            events: events.map(({ name }) => name),
          });
        }
      }
    }
    this.#wake?.();
  }
}

async function read(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(Buffer.from(piece as Uint8Array));
  return Buffer.concat(pieces).toString('utf8');
}
