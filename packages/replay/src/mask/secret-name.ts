/** Names of fields whose values are nobody's business. */
const secret =
  /(?:pass(?:word|wd|phrase|code)?|pwd|secrets?|tokens?|api[-_]?key|credentials?|signature|(?:^|[-_.])key|session[-_]?id|sessid|csrf|xsrf|nonce)$/i;
const camelCased = /[a-z]Key$/;

/** Quick: whether a text can have such a name in it at all. */
const hint = /pass|pwd|secret|token|key|credential|signature|sess|csrf|xsrf|nonce/i;

export function isSecretName(name: string): boolean {
  return secret.test(name) || camelCased.test(name);
}

export function mayHoldSecrets(text: string): boolean {
  return hint.test(text);
}
