/** Words of tools and systems for why a request had no answer, and the class of error that Marteau counts it as. */
const classes: readonly (readonly [RegExp, string])[] = [
  [/deadline exceeded|timed? ?-?out|SocketTimeoutException|ETIMEDOUT|RequestTimeout/i, 'timeout'],
  [/refused|HttpHostConnectException|ECONNREFUSED/i, 'ECONNREFUSED'],
  [
    /reset by peer|Connection reset|ECONNRESET|broken pipe|NoHttpResponse|RemoteDisconnected|\bEOF\b|Premature close/i,
    'ECONNRESET',
  ],
  [/no such host|UnknownHost|ENOTFOUND|Name or service|getaddrinfo/i, 'ENOTFOUND'],
  [/cannot assign requested address|EADDRNOTAVAIL/i, 'EADDRNOTAVAIL'],
  [/too many open files|EMFILE/i, 'EMFILE'],
  [/certificate|x509|SSL|TLS/i, 'TLS'],
];

/** The class of error of a request without an answer; the tool's own words where none fits. */
export function errorClass(message: string): string {
  const known = classes.find(([pattern]) => pattern.test(message))?.[1];
  return known ?? (message.trim().slice(0, MOST) || 'error');
}

/** Characters of an outcome that is in a tool's own words. */
const MOST = 60;

/** Whether a request that was answered with this status counts as an error. */
export function isErrorStatus(status: number, expected: ReadonlySet<number>): boolean {
  return status < 100 || (status >= 400 && !expected.has(status));
}
