import { parse } from 'yaml';

/** What a step of a pipeline types, as docs/guide/pipelines.md has it. */
export interface PipelineStep {
  /** 'GitHub Actions: on-the-server' */
  name: string;
  script: string;
}

type Yaml = Record<string, unknown>;

/** The scripts of all steps of the page, in its order. */
export function stepsOf(page: string): PipelineStep[] {
  return page.split(/^## /m).flatMap((section) => {
    const title = section.split('\n', 1)[0] ?? '';
    const [, language = '', code = ''] = /^```(yaml|groovy)\n(.*?)^```/ms.exec(section) ?? [];
    const found =
      language === 'yaml' ? inYaml(parse(code) as Yaml) : language === 'groovy' ? inGroovy(code) : [];
    return found.map(({ name, script }) => ({ name: `${title}: ${name}`, script }));
  });
}

/** `run` of GitHub's steps, `script` of GitLab's jobs, `commands` of Woodpecker's steps. */
function inYaml(file: Yaml): PipelineStep[] {
  const jobs = (file.jobs ?? file.steps ?? file) as Record<string, Yaml>;
  return Object.entries(jobs).flatMap(([name, job]) => {
    const lines =
      job.script ?? job.commands ?? ((job.steps as Yaml[] | undefined) ?? []).flatMap(({ run }) => run ?? []);
    return [{ name, script: (lines as string[]).join('\n').trim() }];
  });
}

function inGroovy(code: string): PipelineStep[] {
  return [...code.matchAll(/stage\('([^']+)'\).*?sh '''\n(.*?)'''/gs)].map(([, name = '', script = '']) => ({
    name,
    script: script.replace(/^ +/gm, '').trim(),
  }));
}
