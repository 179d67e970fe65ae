/** Signing in with a passkey, and making one: where the browser can, its button appears. */

const said = document.getElementById('passkey-said');

for (const button of document.querySelectorAll<HTMLButtonElement>('[data-passkey]')) {
  if (!('PublicKeyCredential' in window && 'parseCreationOptionsFromJSON' in PublicKeyCredential)) continue;
  button.hidden = false;
  button.addEventListener('click', () => {
    const work = button.dataset.passkey === 'make' ? make() : signIn();
    work.catch((error: Error) => say(error.name === 'NotAllowedError' ? 'Nothing was done.' : error.message));
  });
}

async function signIn() {
  const json = await post('/sign-in/passkey/options', {});
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
    json as unknown as PublicKeyCredentialRequestOptionsJSON,
  );
  const response = await navigator.credentials.get({ publicKey });
  go(await post('/sign-in/passkey', { response, to: inputOf('to') }));
}

async function make() {
  const json = await post('/you/passkeys/options', {});
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
    json as unknown as PublicKeyCredentialCreationOptionsJSON,
  );
  const response = await navigator.credentials.create({ publicKey });
  go(await post('/you/passkeys', { response, name: inputOf('passkey-name') }));
}

async function post(path: string, body: object): Promise<{ to?: string }> {
  const answer = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...body, _csrf: inputOf('_csrf') }),
  });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.detail ?? 'The server did not answer.');
  return said;
}

function go({ to }: { to?: string }) {
  location.assign(to ?? '/');
}

function inputOf(name: string): string {
  return document.querySelector<HTMLInputElement>(`input[name="${name}"]`)?.value ?? '';
}

function say(sentence: string) {
  if (said) said.textContent = sentence;
}
