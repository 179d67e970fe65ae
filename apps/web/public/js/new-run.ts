/** The form of a new run fills in from the repository's file once its URL is typed, and shows what it amounts to. */
import { type Look, showLook, showLooking, showProblem } from './new-run/look.ts';

const form = document.querySelector<HTMLFormElement>('[data-new]')!;
const panel = document.getElementById('look')!;
const NAMES = ['test', 'script', 'target', 'cycles', 'duration', 'nodes'];
const PAUSE_MS = 600;

let looking: AbortController | null = null;
let timer = 0;
let lastAsked = '';

const field = (name: string) => form.elements.namedItem(name) as HTMLInputElement;
const value = (name: string) => field(name)?.value.trim() ?? '';

form.addEventListener('input', () => {
  markSame();
  later(PAUSE_MS);
});
form.addEventListener('change', () => later(0, true));
document.getElementById('look-button')?.addEventListener('click', (event) => {
  event.preventDefault();
  lastAsked = '';
  later(0, true);
});
// A browser that goes back or reloads keeps what was typed. What a link of another site filled in waits for a press:
// a look makes the server connect to somewhere.
if (!('foreign' in form.dataset)) later(0);

/** @param isMeant whether the address is typed to its end, whatever it looks like */
function later(ms: number, isMeant = false) {
  clearTimeout(timer);
  timer = window.setTimeout(() => look(isMeant), ms);
}

/** Or a text with blanks, which no more letters make an address: that is said at once. */
const LOOKS_WHOLE = /^(https?:\/\/[^/]+\/.|file:\/\/\/.)|\s/i;

async function look(isMeant: boolean) {
  const request = JSON.stringify(wanted());
  if (value('repo') === '' || !(isMeant || LOOKS_WHOLE.test(value('repo')))) return;
  if (request === lastAsked) return;
  lastAsked = request;
  looking?.abort();
  looking = new AbortController();
  showLooking(panel, value('repo'));
  panel.classList.add('stale');
  panel.setAttribute('aria-busy', 'true');
  try {
    const response = await fetch('/api/v1/look', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: request,
      signal: looking.signal,
    });
    const answer = await response.json();
    if (response.ok) {
      fillIn(answer);
      showLook(panel, answer);
    } else {
      showProblem(panel, answer);
    }
  } catch (error) {
    if ((error as Error).name === 'AbortError') return;
    lastAsked = '';
    showProblem(panel, {
      title: 'No answer',
      detail: 'The server does not answer. The form can be sent all the same, once it does.',
    });
  }
  panel.classList.remove('stale');
  panel.removeAttribute('aria-busy');
}

/** What was typed; a field that still holds what the file says is no override. */
function wanted() {
  const overrides: Record<string, string | number> = {};
  for (const name of NAMES) {
    const text = value(name);
    if (text === '' || text === value(`was_${name}`)) continue;
    overrides[name] = name === 'nodes' && /^\d{1,6}$/.test(text) ? Number(text) : text;
  }
  return {
    repo: value('repo'),
    ...(value('ref') && { ref: value('ref') }),
    ...(value('profile') && { profile: value('profile') }),
    ...(Object.keys(overrides).length > 0 && { overrides }),
  };
}

/** What the file says looks quieter than what was typed. */
function markSame() {
  for (const name of NAMES) {
    const same = value(name) !== '' && value(name) === value(`was_${name}`);
    field(name).closest('.field')?.classList.toggle('same', same);
    const hint = document.getElementById(`${name}-hint`);
    if (hint) hint.textContent = (same ? 'as in the file' : hint.dataset.hint) ?? '';
  }
}

function fillIn({ fields, profiles, branches, scripts, tests }: Look) {
  suggest('ref', branches);
  suggest('script', scripts);
  suggest('test', tests);
  for (const name of NAMES) {
    const inFile = fields[name] ?? '';
    const untouched = value(name) === '' || value(name) === value(`was_${name}`);
    if (untouched && document.activeElement !== field(name)) field(name).value = inFile;
    field(`was_${name}`).value = inFile;
  }
  markSame();
  const select = document.querySelector<HTMLSelectElement>('#profile')!;
  const chosen = select.value;
  const known = [...select.options].slice(1).map((option) => option.value);
  if (known.join('\n') !== profiles.join('\n')) {
    select.replaceChildren(
      new Option('none', ''),
      ...profiles.map((name) => new Option(name, name, false, name === chosen)),
    );
  }
  document.getElementById('profile-field')!.hidden = profiles.length === 0;
}

function suggest(name: string, known: readonly string[]) {
  document.getElementById(`known-${name}`)?.replaceChildren(...known.map((one) => new Option('', one)));
}
