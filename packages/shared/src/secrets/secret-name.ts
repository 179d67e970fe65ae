/** Names of fields whose values are nobody's business. */
const SECRET =
  /(?:pass(?:word|wd|phrase|code)?|pwd|secrets?|tokens?|api[-_]?key|credentials?|signature|(?:^|[-_.])key|session[-_]?id|sessid|csrf|xsrf|nonce)$/i;
const CAMEL_CASED = /[a-z]Key$/;

/** Quick: whether a text can have such a name in it at all. */
const HINT = /pass|pwd|secret|token|key|credential|signature|sess|csrf|xsrf|nonce/i;

export function isSecretName(name: string): boolean {
  return SECRET.test(name) || CAMEL_CASED.test(name);
}

export function mayHoldSecrets(text: string): boolean {
  return HINT.test(text);
}
