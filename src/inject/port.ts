import type { V1Container } from '@kubernetes/client-node';
import { DEFAULT_PORT, PORT_NAME } from '../function/keys.ts';
import { KNATIVE_PORT_NAME, type KnativeForm } from '../function/knative.ts';
import type { Finding } from '../outcome/finding.ts';
import type { FieldPath } from '../outcome/place.ts';
import { isTcp } from './ports.ts';
import { isUnset } from '../kubernetes/unset.ts';

/** The variables that name the port, the first that is set wins. */
const VARIABLES = ['FUNC_PORT', 'PORT'];

/**
 * The port of the HTTP server: a plain value of FUNC_PORT, else of PORT, else the container's TCP port named `http`, else
 * its only TCP port, else 8080.
 *
 * @param field of the container, for findings
 * @param knative set if Knative Serving makes the Pods; in its template the port has no name yet, and is 8080 if there is none
 * @returns the port, or why it cannot be known
 */
export function functionPort(container: V1Container, field: FieldPath, knative?: KnativeForm): number | Finding {
  const ports = (container.ports ?? []).filter(isTcp);
  // Knative sends requests to its own.
  const isNamed = (wanted: string): boolean => ports.some(({ name }) => name === wanted);
  const portName = isNamed(PORT_NAME) ? PORT_NAME : KNATIVE_PORT_NAME;
  const named = ports.find(({ name }) => name === portName)?.containerPort;
  const only = ports.length === 1 ? ports[0]?.containerPort : undefined;
  const name = VARIABLES.find((variable) => container.env?.some((item) => item.name === variable));
  // Of two with the same name the kubelet takes the last one.
  const index = container.env?.findLastIndex((item) => item.name === name) ?? -1;
  const variable = container.env?.[index];
  if (name === undefined || variable === undefined) return named ?? only ?? DEFAULT_PORT;

  const place = [...field, 'env', index];
  const fix = `write ${name} as a number from 1 to 65535, or remove it and name the port "${PORT_NAME}" in ports`;
  if (!isUnset(variable.valueFrom)) {
    return {
      code: 'port-contradiction',
      field: place,
      problem: `${name} is not known before the Pod runs, and the probes need it`,
      fix,
    };
  }
  const port = portOf(variable.value);
  if (port === undefined) {
    return {
      code: 'port-contradiction',
      field: place,
      problem: `${name} is ${JSON.stringify(variable.value ?? '')}`,
      fix,
    };
  }
  const served = only ?? DEFAULT_PORT;
  if (knative === 'template' && served !== port) {
    return {
      code: 'port-contradiction',
      field: place,
      problem: `${name} is ${port}, and Knative sends requests to port ${served}`,
      fix: `write "ports: [{ containerPort: ${port} }]", and leave ${name} out`,
    };
  }
  if (named !== undefined && named !== port) {
    return {
      code: 'port-contradiction',
      field: place,
      problem: `${name} is ${port}, and the port named "${portName}" is ${named}`,
      fix: 'give the same number in both places, or remove one',
    };
  }
  return port;
}

/** Decimal digits only: the servers read no other form. */
function portOf(text: string | undefined): number | undefined {
  // A hostile review may hold anything in place of the text.
  const port = typeof text === 'string' && /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : undefined;
}
