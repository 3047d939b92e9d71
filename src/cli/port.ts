import { InvalidArgumentError } from 'commander';

/** Reads a TCP port; 0 means any that is free. */
export function port(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= 0 && value <= 65535) return value;
  throw new InvalidArgumentError('Expected a port from 0 (any free one) to 65535.');
}
