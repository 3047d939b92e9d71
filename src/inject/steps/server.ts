/**
 * Starts the HTTP server in a container that has no command of its own, and declares its port. The port is named `http`
 * unless a container of the Pod has a port of that name: a Service that asks for the name means the author's.
 *
 * Fields: spec.containers[FUNCTION].{command,ports}
 */
import { PORT_NAME } from '../../function/keys.ts';
import { LANGUAGES } from '../../function/languages.ts';
import type { ContainerStep } from '../context.ts';

export const server: ContainerStep = (container, { definition, port, ports: declared }) => {
  if (!definition.server) return container;
  const isTaken = declared.some(({ name }) => name === PORT_NAME);
  const isDeclared = declared.some(({ own, number, protocol }) => own && number === port && protocol === 'TCP');
  return {
    ...container,
    command: [definition.runtime.interpreter, LANGUAGES.of(definition.runtime.language).server],
    // Knative declares the port itself, and takes no name but its own.
    ...(!isDeclared &&
      definition.knative === undefined && {
        ports: [
          ...(container.ports ?? []),
          { ...(!isTaken && { name: PORT_NAME }), containerPort: port, protocol: 'TCP' },
        ],
      }),
  };
};
