/** One row of the conformance table: a handler, a request, and the answer that every language's server must give. */
import type { ShippedLanguage } from '../../../src/function/languages.ts';

export interface Case {
  readonly name: string;
  /** Source text of the handler's file (`handler.js`, `handler.py`); a language without one is explained in `only`. */
  readonly handler: Readonly<Partial<Record<ShippedLanguage, string>>>;
  /** The handler's file where it has another name. */
  readonly file?: Readonly<Partial<Record<ShippedLanguage, string>>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Sent one after the other on one connection; only the last answer is looked at. */
  readonly request: Request | readonly Request[];
  readonly expect: Expected | PerLanguage;
  /** Samples of `/metrics` after the request. */
  readonly metrics?: Readonly<Record<string, number>>;
  /** What must have arrived at PUBLISHER_PROXY_ADDRESS, which answers with `publisherStatus` (200). */
  readonly published?: readonly Published[];
  readonly publisherStatus?: number;
  readonly only?: { readonly language: ShippedLanguage; readonly reason: string };
}

export interface Request {
  /** `GET` by default, `POST` with a body. */
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface Expected {
  readonly status: number;
  /** Values by lower-case name; `null` for a header that must not be there. */
  readonly headers?: Readonly<Record<string, string | RegExp | null>>;
  /** Text, a pattern, bytes, or a JSON value (compared without regard to keys that `json` does not have). */
  readonly body?: string | RegExp | Uint8Array | { readonly json: unknown };
}

/** Where the contract differs between the languages. */
interface PerLanguage {
  readonly nodejs: Expected;
  readonly python: Expected;
  readonly why: string;
}

export interface Published {
  readonly contentType: RegExp;
  /** Compared without regard to other keys. */
  readonly event: Readonly<Record<string, unknown>>;
}

/** What the table says for one language; undefined where the row is not for it. */
export function expectedOf(row: Case, language: ShippedLanguage): Expected | undefined {
  if (row.handler[language] === undefined) return undefined;
  return 'why' in row.expect ? row.expect[language] : row.expect;
}
