/** Whether an author left a field out; YAML's `field:` with nothing behind it is null. */
export const isUnset = (value: unknown): value is undefined | null => value === undefined || value === null;

/** Whether a list says nothing: it is left out or has no items, which Kubernetes treats alike. */
export const isEmpty = (list: readonly unknown[] | undefined): boolean => isUnset(list) || list.length === 0;
