/**
 * Starts the HTTP server in a container that has no command of its own, and names its port.
 *
 * Fields: spec.containers[FUNCTION].{command,ports}
 */
import { PORT_NAME } from '../../function/keys.ts';
import { LANGUAGES } from '../../function/languages.ts';
import { changeFunction, type Step } from '../context.ts';

export const server: Step = (pod, context) => {
  const { definition, port } = context;
  if (!definition.server) return pod;
  return changeFunction(pod, context, (container) => {
    const ports = container.ports ?? [];
    const declared = ports.some(({ name, containerPort }) => name === PORT_NAME || containerPort === port);
    return {
      ...container,
      command: [definition.runtime.interpreter, LANGUAGES[definition.runtime.language].server],
      ...(!declared && { ports: [...ports, { name: PORT_NAME, containerPort: port, protocol: 'TCP' }] }),
    };
  });
};
