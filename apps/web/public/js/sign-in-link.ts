/** The page that a sign-in link leads to: takes the code from behind the #, so that only the button is left to press. */
const code = document.querySelector<HTMLInputElement>('#code');
const typed = document.getElementById('typed');

if (code && typed && location.hash.length > 1) {
  code.value = location.hash.slice(1);
  typed.hidden = true;
  // Neither the history nor a page that follows has it.
  history.replaceState(null, '', location.pathname);
}
