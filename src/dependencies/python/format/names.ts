/** Normal form of a package's name (PEP 503): `Django_REST.framework` and `django-rest-framework` are one package. */
export const normalizeName = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-');
