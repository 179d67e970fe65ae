/** Which labels the tables show: those that hold the words, in the step that was chosen. */
export function startLabels() {
  const section = document.querySelector('#labels');
  if (section === null) return;
  const find = section.querySelector('#find');
  const step = section.querySelector('#step');
  const show = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const has = (/** @type {string} */ text) => words.every((word) => text.toLowerCase().includes(word));
    for (const row of section.querySelectorAll('tr[data-group]')) {
      const isStep = step === null || row.dataset.group === step.value;
      row.hidden = !isStep || !has(row.cells[0].textContent);
    }
    for (const label of section.querySelectorAll('details.label')) {
      label.hidden = !has(label.querySelector('b').textContent);
    }
  };
  find.addEventListener('input', show);
  step?.addEventListener('change', show);
}
