/** What every page does: remember the colours, keep ages true. */
import { keepAgesTrue } from './ages.js';

for (const button of document.querySelectorAll('.theme button')) {
  button.addEventListener('click', (event) => {
    event.preventDefault();
    choose(button.getAttribute('value') ?? 'system');
  });
}

/** @param {string} theme */
function choose(theme) {
  const year = 365 * 24 * 3600;
  const secure = location.protocol === 'https:' ? '; Secure' : '';
  // biome-ignore lint/suspicious/noDocumentCookie: the cookie store is not in every browser yet.
  document.cookie = `marteau_theme=${theme}; Path=/; Max-Age=${year}; SameSite=Lax${secure}`;
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  for (const other of document.querySelectorAll('.theme button')) {
    other.setAttribute('aria-pressed', String(other.getAttribute('value') === theme));
  }
}

keepAgesTrue();
