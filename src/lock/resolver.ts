/**
 * Runs a tool that resolves, and gives it up if no registry can be reached: npm and pip try again for over a minute before
 * they say so. Only a connection is asked for, so a slow registry has all the time that the tool gives it.
 */
import { connect } from 'node:net';
import type { ProgramEnd } from '../pod/program/run-program.ts';
import type { LockFailure } from './lock.ts';
import type { ToolContext } from './tool-context.ts';
import { runTool } from './tool.ts';

const LOOK_AFTER_MILLISECONDS = 2000;
const CONNECT_MILLISECONDS = 4000;
const PROGRESS_MILLISECONDS = 5000;

export interface Resolver {
  /** As messages call it. */
  readonly tool: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly folder: string;
  /** Addresses that it may ask, as far as its settings name them. */
  readonly registries: () => Promise<readonly string[]>;
}

/** How it ended, or the hosts that cannot be reached, each with the reason. */
export type Resolved = ProgramEnd | { readonly unreachable: readonly string[] };

export async function runResolver(
  { tool, command, args, folder, registries }: Resolver,
  context: ToolContext,
): Promise<Resolved> {
  const stop = new AbortController();
  let unreachable: readonly string[] | undefined;
  let looked: Promise<void> | undefined;
  const look = async (): Promise<void> => {
    unreachable = await unreachableHosts([...proxies(context), ...(await registries())]);
    if (unreachable !== undefined) stop.abort();
  };
  // If the settings cannot be read, the tool has its own say.
  const lookOnce = (): Promise<void> => (looked ??= look().catch(() => undefined));
  const started = performance.now();
  const timer = setTimeout(() => void lookOnce(), LOOK_AFTER_MILLISECONDS);
  const progress = setInterval(() => {
    const seconds = Math.round((performance.now() - started) / 1000);
    context.progress(`${tool} is still resolving after ${seconds} s`);
  }, PROGRESS_MILLISECONDS);
  const end = await runTool(command, args, folder, context, stop.signal).finally(() => {
    clearTimeout(timer);
    clearInterval(progress);
  });
  if (end.code === 0 || context.stop.aborted) return end;
  // Where the network refuses at once, pip ends before it was looked, and names no host.
  await lookOnce();
  return unreachable === undefined ? end : { unreachable };
}

const PROXIES = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'];
/** Of the environment: if one answers, what is behind it is for the tool to find out. */
const proxies = ({ environment }: ToolContext): readonly string[] => PROXIES.flatMap((name) => environment[name] ?? []);

/** @returns why none of the addresses can be connected to; undefined if one can, or if there is none to try */
async function unreachableHosts(addresses: readonly string[]): Promise<readonly string[] | undefined> {
  const urls = addresses.flatMap((address) => (URL.canParse(address) ? [new URL(address)] : []));
  const hosts = new Map(urls.filter(({ hostname }) => hostname !== '').map((url) => [url.host, url]));
  const reasons = await Promise.all([...hosts].map(async ([host, url]) => ({ host, reason: await reasonOf(url) })));
  if (reasons.some(({ reason }) => reason === undefined) || reasons.length === 0) return undefined;
  return reasons.map(({ host, reason = '' }) => `${host} (${reason})`);
}

/** @returns undefined if a connection is made */
async function reasonOf({ hostname, port, protocol }: URL): Promise<string | undefined> {
  return await new Promise((resolve) => {
    const socket = connect({
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port),
    });
    const conclude = (reason?: string): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(reason);
    };
    // A look-up of the name cannot be given up by the socket's own timeout.
    const timer = setTimeout(conclude, CONNECT_MILLISECONDS, `no answer in ${CONNECT_MILLISECONDS / 1000} s`);
    socket.once('connect', () => {
      conclude();
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      conclude(error.code ?? error.message);
    });
  });
}

const ADDRESS = /https?:\/\/[^\s'",]+/g;

/** Every address in the text of a setting. */
export const addressesIn = (text: string): readonly string[] => text.match(ADDRESS) ?? [];

/** The failure for a person. */
export const unreachableFailure = (tool: string, unreachable: readonly string[]): LockFailure => ({
  problem: `no registry can be reached: ${unreachable.join(', ')}`,
  fix: `check the network, the proxy (HTTPS_PROXY) and the registries of ${tool}`,
  temporary: true,
});
