/**
 * What Kyma's runtime images carry, so that a handler can import it without declaring it. Names and ranges from
 * kyma-project/serverless, components/runtimes/{nodejs22/package.json,python312/requirements.txt} at commit 779485d;
 * versions are the newest of these ranges on 2026-11-25, so that a Function finds what it found before; those of OpenTelemetry are
 * the server's, whose spans the Function takes part in.
 */
export interface Preinstalled {
  /** Name in the registry. */
  readonly name: string;
  readonly version: string;
  /** Comes along where one of these is declared; a second pin might contradict theirs. */
  readonly with?: readonly string[];
}

/**
 * Of the Node.js server (package.json): a newer API does not take part in the server's spans, and the SDKs below allow none.
 */
const SERVER_API = '1.9.1';

/** By package. */
export const PREINSTALLED_NODEJS: Readonly<Record<string, Preinstalled>> = Object.fromEntries(
  (
    [
      { name: 'axios', version: '1.21.1' },
      { name: 'express', version: '5.3.0' },
      { name: 'body-parser', version: '2.4.0', with: ['express'] },
      { name: 'cloudevents', version: '10.0.0' },
      { name: 'co', version: '4.6.0' },
      { name: 'morgan', version: '1.12.1' },
      { name: 'mz', version: '2.7.0' },
      { name: '@opentelemetry/api', version: SERVER_API },
      { name: '@opentelemetry/exporter-prometheus', version: '0.221.0' },
      { name: '@opentelemetry/exporter-trace-otlp-http', version: '0.221.0' },
      { name: '@opentelemetry/instrumentation', version: '0.221.0' },
      { name: '@opentelemetry/instrumentation-express', version: '0.69.0' },
      { name: '@opentelemetry/instrumentation-http', version: '0.221.0' },
      { name: '@opentelemetry/propagator-b3', version: '2.12.0' },
      { name: '@opentelemetry/sdk-metrics', version: '2.12.1' },
      { name: '@opentelemetry/sdk-trace-base', version: '2.12.1' },
      { name: '@opentelemetry/sdk-trace-node', version: '2.12.0' },
    ] satisfies readonly Preinstalled[]
  ).map((row) => [row.name, row]),
);

/**
 * Of the Python server (src/pod/python/requirements.txt): with the API alone in another release, nothing would be exported.
 */
const OPENTELEMETRY = { version: '1.45.2' };

/** By module as imported; the longest that matches holds. */
export const PREINSTALLED_PYTHON: Readonly<Record<string, Preinstalled>> = {
  bottle: { name: 'bottle', version: '0.13.4' },
  certifi: { name: 'certifi', version: '2026.10.19.post1', with: ['requests'] },
  charset_normalizer: { name: 'charset-normalizer', version: '3.5.2', with: ['requests'] },
  cheroot: { name: 'cheroot', version: '11.1.2' },
  cloudevents: { name: 'cloudevents', version: '1.12.1' },
  idna: { name: 'idna', version: '3.20', with: ['requests'] },
  opentelemetry: { name: 'opentelemetry-api', with: ['opentelemetry-sdk'], ...OPENTELEMETRY },
  'opentelemetry.sdk': { name: 'opentelemetry-sdk', ...OPENTELEMETRY },
  'opentelemetry.exporter.otlp.proto.http': { name: 'opentelemetry-exporter-otlp-proto-http', ...OPENTELEMETRY },
  'opentelemetry.propagators.b3': { name: 'opentelemetry-propagator-b3', version: '1.45.1' },
  'opentelemetry.instrumentation.requests': { name: 'opentelemetry-instrumentation-requests', version: '0.66b2' },
  pkg_resources: { name: 'setuptools', version: '83.0.0' },
  prometheus_client: { name: 'prometheus-client', version: '0.26.0' },
  requests: { name: 'requests', version: '2.34.2' },
  requestlogger: { name: 'wsgi-request-logger', version: '0.4.6' },
  setuptools: { name: 'setuptools', version: '83.0.0' },
  urllib3: { name: 'urllib3', version: '2.8.0', with: ['requests'] },
};
