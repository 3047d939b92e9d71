/**
 * What a handler is called with: an event and a context, as Kyma's runtimes up to nodejs24 and python312 do, or the request of
 * a web framework (Express, Flask), as its nodejs26 and python314 do.
 */
export const APIS = ['event', 'http'] as const;
export type Api = (typeof APIS)[number];

/** If the author names none. */
export const DEFAULT_API: Api = 'event';
