interface NamedValue {
  name: string;
  value: string;
  /** The value's characters are a text in UTF-8, and not a byte each. */
  _utf8?: true;
}

/** An entry of HAR 1.2, as it is written here; names with an underscore are our own, as the format allows. */
export interface HarEntry {
  startedDateTime: string;
  time: number;
  request: {
    method: string;
    url: string;
    httpVersion: string;
    cookies: [];
    headers: NamedValue[];
    queryString: NamedValue[];
    headersSize: -1;
    bodySize: number;
    postData?: { mimeType: string; text: string; _encoding?: 'base64' };
    _cutFrom?: number;
    /** The target as it was sent, where the tape does not say which server it was or the URL cannot hold it. */
    _target?: string;
  };
  response: {
    status: number;
    statusText: string;
    httpVersion: string;
    cookies: [];
    headers: NamedValue[];
    content: { size: number; mimeType: string; text?: string; encoding?: 'base64' };
    redirectURL: string;
    headersSize: -1;
    bodySize: number;
    _cutFrom?: number;
  };
  cache: Record<string, never>;
  timings: { send: number; wait: number; receive: number };
  comment?: string;
}
