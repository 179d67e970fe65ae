import type { Look } from '../look/look.ts';
import { overrideFields, type RunForm } from '../runs/run-form.ts';

/** What a look at a repository showed. */
export interface LookView {
  commit: string;
  found: boolean;
  problems: { at: string; what: string; fix: string }[];
  /** Whether all of them are mistakes of the file, and none of what was typed over it. */
  areOfFile: boolean;
  summary: string | null;
  name: string;
  facts: { name: string; value: string }[];
  fields: Record<string, string>;
  profiles: string[];
  branches: string[];
  scripts: string[];
  tests: string[];
}

interface Around {
  look: LookView | null;
  /** Why the form or the look was refused. */
  wrong: { title: string; sentence: string } | null;
  /** Another site filled the form in: nothing is looked at before somebody here says so. */
  foreign: boolean;
}

export function lookView(look: Look): LookView {
  return {
    commit: look.commit.slice(0, 8),
    found: look.found,
    problems: look.problems.map(({ line, column, path, what, fix }) => ({
      at: line === null ? path || 'form' : `${line}:${column ?? 1}`,
      what,
      fix,
    })),
    areOfFile: look.problems.every(({ line }) => line !== null),
    summary: look.summary,
    name: look.name,
    facts: [
      { name: 'Target', value: look.target },
      { name: 'Consent', value: look.consent.map(({ why }) => why).join(' ') },
      { name: 'Thresholds', value: look.thresholds.join(', ') },
      { name: 'Mails', value: look.email.join(', ') },
    ].filter(({ value }) => value !== ''),
    fields: look.fields,
    profiles: look.profiles,
    branches: look.branches,
    scripts: look.scripts,
    tests: look.tests,
  };
}

export function newRunView(form: RunForm, { look, wrong, foreign }: Around) {
  return {
    form,
    foreign,
    wrong,
    look,
    // By the name of the field that they are suggested for.
    suggested: { ref: look?.branches ?? [], script: look?.scripts ?? [], test: look?.tests ?? [] },
    profiles: look?.profiles ?? (form.profile ? [form.profile] : []),
    fields: overrideFields.map(({ name, label, hint }) => {
      const inFile = look?.fields[name] ?? '';
      const value = form.overrides[name] || inFile;
      return { name, label, hint, inFile, value, same: inFile !== '' && value === inFile };
    }),
  };
}
