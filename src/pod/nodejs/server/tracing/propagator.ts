/** In which headers a trace travels. */
import type { TextMapPropagator } from '@opentelemetry/api';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { B3InjectEncoding, B3Propagator } from '@opentelemetry/propagator-b3';

/** As Kyma has it, and as service meshes of its time do. */
const BY_DEFAULT = 'tracecontext,baggage,b3multi';

const PROPAGATORS: Readonly<Record<string, () => TextMapPropagator>> = {
  // The last that finds its header decides: where both are there, W3C Trace Context.
  b3: () => new B3Propagator({ injectEncoding: B3InjectEncoding.SINGLE_HEADER }),
  b3multi: () => new B3Propagator({ injectEncoding: B3InjectEncoding.MULTI_HEADER }),
  tracecontext: () => new W3CTraceContextPropagator(),
  baggage: () => new W3CBaggagePropagator(),
};

/** OTEL_PROPAGATORS: names with commas between; those that are not known are passed over. */
export function propagatorFrom({ OTEL_PROPAGATORS: text = '' }: NodeJS.ProcessEnv): TextMapPropagator {
  const names = new Set((text === '' ? BY_DEFAULT : text).split(',').map((name) => name.trim()));
  const propagators = Object.entries(PROPAGATORS).filter(([name]) => names.has(name));
  return new CompositePropagator({ propagators: propagators.map(([, make]) => make()) });
}
