// Runs steps side by side, as far as they do not wait for each other.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { stripVTControlCharacters } from 'node:util';

const PROGRESS_MILLISECONDS = 60_000;

/**
 * @param {{ name: string, command: string[], after?: string[], env?: NodeJS.ProcessEnv }[]} steps those first in the list start first
 * @param {{ atOnce: number, logs: string, env: NodeJS.ProcessEnv }} options `logs` is a folder
 * @returns {Promise<{ name: string, outcome: 'ok' | 'FAILED' | 'NOT RUN', seconds: number, log: string }[]>} in the order of the steps
 */
export async function runSteps(steps, { atOnce, logs, env }) {
  mkdirSync(logs, { recursive: true });
  const began = performance.now();
  const waiting = [...steps];
  const running = new Map();
  const results = new Map();
  const record = ({ name }, outcome, seconds) => {
    results.set(name, { name, outcome, seconds, log: logOf(name) });
  };
  const logOf = (name) => path.join(logs, `${name.replace(':', '-')}.log`);
  const time = () => clock((performance.now() - began) / 1000);

  const start = (step) => {
    const log = logOf(step.name);
    const file = openSync(log, 'w');
    const [command, ...args] = step.command;
    const began = performance.now();
    const child = spawn(command, args, { env: { ...env, ...step.env }, stdio: ['ignore', file, file] });
    closeSync(file);
    console.log(`${time()} ${step.name}: started (${step.command.join(' ')})`);
    const ended = new Promise((resolve) => {
      child.on('error', (error) => {
        writeFileSync(log, `${error.message}\n`, { flag: 'a' });
        resolve(false);
      });
      child.on('close', (code) => resolve(code === 0));
    }).then((ok) => {
      running.delete(step.name);
      record(step, ok ? 'ok' : 'FAILED', (performance.now() - began) / 1000);
      process.stdout.write(`\n== ${step.name}: ${step.command.join(' ')}\n${readFileSync(log, 'utf8')}`);
      console.log(`${time()} ${step.name}: ${ok ? 'ok' : 'FAILED'}`);
    });
    running.set(step.name, { child, ended, log });
  };

  const progress = setInterval(() => {
    const lines = [...running].map(([name, { log }]) => `${name} (${statSync(log).size} bytes): ${lastLine(log)}`);
    console.log(`${time()} running: ${lines.join(' | ')}`);
  }, PROGRESS_MILLISECONDS);
  // Ctrl-C reaches the whole group; a SIGTERM reaches this process only.
  const stop = () => {
    waiting.length = 0;
    for (const { child } of running.values()) child.kill('SIGTERM');
  };
  process.once('SIGTERM', stop);

  while (waiting.length > 0 || running.size > 0) {
    for (const step of [...waiting]) {
      const needed = (step.after ?? []).map((name) => results.get(name)?.outcome);
      const isLost = needed.some((outcome) => outcome !== undefined && outcome !== 'ok');
      const isReady = needed.every((outcome) => outcome === 'ok');
      if (!isLost && (!isReady || running.size >= atOnce)) continue;
      waiting.splice(waiting.indexOf(step), 1);
      if (isLost) {
        writeFileSync(logOf(step.name), '');
        record(step, 'NOT RUN', 0);
      } else start(step);
    }
    await Promise.race([...running.values()].map(({ ended }) => ended));
  }
  clearInterval(progress);
  process.off('SIGTERM', stop);
  return steps.flatMap(({ name }) => results.get(name) ?? []);
}

const clock = (seconds) => `[${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}]`;

const lastLine = (log) =>
  stripVTControlCharacters(readFileSync(log, 'utf8')).trimEnd().split('\n').at(-1)?.trim().slice(0, 120);
