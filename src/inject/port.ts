import type { V1Container } from '@kubernetes/client-node';
import { DEFAULT_PORT, PORT_NAME } from '../function/keys.ts';
import type { Finding } from '../outcome/finding.ts';
import { isUnset } from './unset.ts';

const VARIABLE = 'FUNC_PORT';

/**
 * The port of the HTTP server: a plain value of FUNC_PORT, else the container's port named `http`, else 8080.
 *
 * @param field of the container, for findings
 * @returns the port, or why it cannot be known
 */
export function functionPort(container: V1Container, field: string): number | Finding {
  const declared = container.ports?.find(({ name }) => name === PORT_NAME)?.containerPort;
  const index = container.env?.findIndex(({ name }) => name === VARIABLE) ?? -1;
  const variable = container.env?.[index];
  if (variable === undefined) return declared ?? DEFAULT_PORT;

  const place = `${field}.env[${index}]`;
  const fix = `write ${VARIABLE} as a number from 1024 to 65535, or leave it out and name the port "${PORT_NAME}" in ports`;
  if (!isUnset(variable.valueFrom)) {
    return {
      code: 'port-contradiction',
      field: place,
      problem: `${VARIABLE} is not known before the Pod runs, and the probes need it`,
      fix,
    };
  }
  const port = Number(variable.value);
  // A user other than root, without capabilities, cannot listen below 1024.
  if (!Number.isInteger(port) || port < 1024 || port > 65535) {
    return {
      code: 'port-contradiction',
      field: place,
      problem: `${VARIABLE} is ${JSON.stringify(variable.value ?? '')}`,
      fix,
    };
  }
  if (declared !== undefined && declared !== port) {
    return {
      code: 'port-contradiction',
      field: place,
      problem: `${VARIABLE} is ${port}, and the port named "${PORT_NAME}" is ${declared}`,
      fix: 'give the same number in both places, or remove one',
    };
  }
  return port;
}
