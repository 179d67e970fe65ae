/** Which labels the tables show: those that hold the words, in the stage that was chosen. */
export function startLabels() {
  const section = document.querySelector('#labels');
  const find = section?.querySelector<HTMLInputElement>('#find');
  if (!section || !find) return;
  const step = section.querySelector<HTMLSelectElement>('#step');
  const show = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const has = (text = '') => words.every((word) => text.toLowerCase().includes(word));
    for (const row of section.querySelectorAll<HTMLTableRowElement>('tr[data-group]')) {
      const isStage = step === null || row.dataset.group === step.value;
      row.hidden = !isStage || !has(row.cells[0]?.textContent);
    }
    for (const label of section.querySelectorAll<HTMLElement>('details.label')) {
      label.hidden = !has(label.querySelector('b')?.textContent);
    }
  };
  find.addEventListener('input', show);
  step?.addEventListener('change', show);
}
