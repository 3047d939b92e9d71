/** What the beginning of a review tells before it is parsed: enough to share turns, and to answer that there is none. */
export interface ReviewHead {
  readonly uid: string;
  /** A hint: whoever asks for what, not what may be done. */
  readonly namespace: string;
}

/** The API server writes them before the object, in the first few hundred bytes (k8s.io/api, admission/v1, AdmissionRequest). */
const HEAD_BYTES = 4096;

/**
 * Reads the head of a body, as the API server writes it. A quote inside of a string has a backslash before it, so that no name of an
 * object can be taken for a field.
 */
export function readHead(body: Buffer): ReviewHead {
  const text = body.toString('latin1', 0, HEAD_BYTES);
  return {
    uid: /"uid":"([\w.-]{1,128})"/.exec(text)?.[1] ?? '',
    namespace: /"namespace":"([\w.-]{1,63})"/.exec(text)?.[1] ?? '',
  };
}
