import { withoutEndingSlashes } from '../../../../function/slashes.ts';
/** Whether spans are exported and where to, from OpenTelemetry's standard variables and Kyma's. */

export type TraceExport =
  | { readonly to: 'nowhere'; readonly warning?: string }
  | { readonly to: 'collector'; readonly url: string; readonly warning?: string };

/** OTLP/HTTP's path for traces, which is added to the endpoint of all signals (OTLP specification, "OTLP/HTTP Request"). */
const TRACES_PATH = 'v1/traces';

/**
 * The first of OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, OTEL_EXPORTER_OTLP_ENDPOINT and TRACE_COLLECTOR_ENDPOINT (Kyma's, a
 * whole URL) that is set; nothing with OTEL_SDK_DISABLED=true or OTEL_TRACES_EXPORTER=none.
 */
export function readTraceExport(env: NodeJS.ProcessEnv): TraceExport {
  const {
    OTEL_SDK_DISABLED: disabled = '',
    OTEL_TRACES_EXPORTER: exporters = '',
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: ofTraces = '',
    OTEL_EXPORTER_OTLP_ENDPOINT: ofAll = '',
    TRACE_COLLECTOR_ENDPOINT: kymas = '',
  } = env;
  if (disabled.trim().toLowerCase() === 'true') return { to: 'nowhere' };
  const wanted = exporters.split(',').map((name) => name.trim());
  if (exporters.trim() !== '' && !wanted.includes('otlp')) {
    const unknown = wanted.filter((name) => name !== 'none');
    const warning = `OTEL_TRACES_EXPORTER is "${exporters}": only otlp is known, so no spans are exported`;
    return { to: 'nowhere', ...(unknown.length > 0 && { warning }) };
  }
  const text = ofTraces || (ofAll && `${withoutEndingSlashes(ofAll)}/${TRACES_PATH}`) || kymas;
  if (text === '') return { to: 'nowhere' };
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    return { to: 'nowhere', warning: `"${text}" is not an http or https URL, so no spans are exported` };
  }
  const { OTEL_EXPORTER_OTLP_PROTOCOL: ofSignals, OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocol = ofSignals } = env;
  const warning = `OTLP over gRPC is not supported: spans are sent to ${text} as JSON over HTTP (port 4318 on most collectors)`;
  return { to: 'collector', url: text, ...(protocol === 'grpc' && { warning }) };
}
