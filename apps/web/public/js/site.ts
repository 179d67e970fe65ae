/** What every page does: remember the colours, keep ages true. */
import { keepAgesTrue } from './parts/ages.ts';

for (const button of document.querySelectorAll('.theme button')) {
  button.addEventListener('click', (event) => {
    event.preventDefault();
    choose(button.getAttribute('value') ?? 'system');
  });
}

const YEAR = 365 * 24 * 3600;

function choose(theme: string) {
  const secure = location.protocol === 'https:' ? '; Secure' : '';
  // biome-ignore lint/suspicious/noDocumentCookie: the cookie store is not in every browser yet.
  document.cookie = `marteau_theme=${theme}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  for (const other of document.querySelectorAll('.theme button')) {
    other.setAttribute('aria-pressed', String(other.getAttribute('value') === theme));
  }
}

keepAgesTrue();
