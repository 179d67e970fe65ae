// What deploy/ tells Kubernetes and systemd, against their schemas and against rules of our own.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { ScaledJob } from '@kubernetes-models/keda/keda.sh/v1alpha1/ScaledJob';
import { TriggerAuthentication } from '@kubernetes-models/keda/keda.sh/v1alpha1/TriggerAuthentication';
import { createTempFolder } from '@marteau/testkit';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { StatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Namespace } from 'kubernetes-models/v1/Namespace';
import { PersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim';
import { Service } from 'kubernetes-models/v1/Service';
import { parse, parseAllDocuments } from 'yaml';
import { readConfig as readWebConfig } from '../apps/web/src/config.ts';
import { readConfig as readWorkerConfig } from '../apps/worker/src/config.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const kubernetes = join(root, 'deploy/kubernetes');

interface Container {
  env: { name: string; value?: string }[];
  args: string[];
  securityContext: unknown;
  livenessProbe?: object;
  resources: { requests: { cpu?: string }; limits: { memory?: string } };
  volumeMounts: { name: string }[];
}

interface Pod {
  spec: {
    automountServiceAccountToken: boolean;
    securityContext: { runAsNonRoot: boolean; seccompProfile: object };
    terminationGracePeriodSeconds: number;
    containers: [Container];
    volumes?: { name: string; persistentVolumeClaim?: { claimName: string }; emptyDir?: object }[];
  };
}

/** As much of a resource as is looked at here. */
interface Resource {
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  data?: Record<string, string>;
  spec?: {
    template?: Pod;
    jobTargetRef?: { template: Pod };
    volumeClaimTemplates?: Resource[];
    maxReplicaCount?: number;
    triggers?: [{ type: string; metadata: { url: string; valueLocation: string } }];
    egress?: [{ to: [{ ipBlock: { except: string[] } }] }];
  };
}

const models: Record<string, new (data: never) => { validate(): void }> = {
  ConfigMap,
  Deployment,
  Namespace,
  NetworkPolicy,
  PersistentVolumeClaim,
  PodDisruptionBudget,
  ScaledJob,
  Service,
  StatefulSet,
  TriggerAuthentication,
};

const readAll = (text: string): Resource[] => parseAllDocuments(text).map((document) => document.toJS());
const nameOf = ({ kind, metadata }: Resource) => `${kind} ${metadata.name}`;

/** The pods of a resource, and null where it has none. */
const podOf = ({ spec }: Resource): Pod | null => spec?.jobTargetRef?.template ?? spec?.template ?? null;

async function works(command: string, args: string[]): Promise<boolean> {
  return run(command, args).then(
    () => true,
    () => false,
  );
}

describe('deploy/kubernetes', async () => {
  const files = globSync('{base,overlays/*}/*.yaml', { cwd: kubernetes });
  const isKustomization = (file: string) => basename(file) === 'kustomization.yaml';
  const patches = new Set(
    files
      .filter(isKustomization)
      .flatMap((file) =>
        (parse(readFileSync(join(kubernetes, file), 'utf8')).patches ?? [])
          .flatMap(({ path }: { path?: string }) => path ?? [])
          .map((path: string) => join(dirname(file), path)),
      ),
  );

  for (const file of files.filter(isKustomization))
    test(`${file} names what is there, and all of it`, () => {
      const { resources, patches: own = [] } = parse(readFileSync(join(kubernetes, file), 'utf8'));
      const named = [...resources, ...own.flatMap(({ path }: { path?: string }) => path ?? [])];
      for (const each of named) assert.ok(existsSync(join(kubernetes, dirname(file), each)), each);
      const beside = globSync('*.yaml', { cwd: join(kubernetes, dirname(file)) });
      assert.deepEqual(
        beside.filter((each) => !isKustomization(each)).sort(),
        named.filter((each: string) => !each.startsWith('../')).sort(),
      );
    });

  const resources = files
    .filter((file) => !isKustomization(file) && !patches.has(file))
    .flatMap((file) => readAll(readFileSync(join(kubernetes, file), 'utf8')));
  check('as written', resources);

  const hasKubectl = await works('kubectl', ['version', '--client']);
  for (const overlay of ['volume', 'managed']) {
    if (!hasKubectl) {
      test(`the overlay ${overlay}`, { skip: 'kubectl is not here' }, () => {});
      continue;
    }
    const { stdout } = await run('kubectl', ['kustomize', join(kubernetes, 'overlays', overlay)]);
    const built = readAll(stdout);
    check(`the overlay ${overlay}`, built);
    test(`the overlay ${overlay} has all that its pods name`, () => {
      const names = new Set(built.map(nameOf));
      for (const resource of built) {
        const isCluster = resource.kind === 'Namespace';
        assert.equal(resource.metadata.namespace, isCluster ? undefined : 'marteau', nameOf(resource));
        for (const { persistentVolumeClaim: claim } of podOf(resource)?.spec.volumes ?? [])
          if (claim) assert.ok(names.has(`PersistentVolumeClaim ${claim.claimName}`), nameOf(resource));
      }
      const { data = {} } = built.find(({ kind }) => kind === 'ConfigMap')!;
      assert.equal('MARTEAU_FOLDERS' in data, overlay === 'managed');
      for (const own of ['desks', 'nodes']) {
        const pod = built
          .filter(({ metadata }) => metadata.name === own)
          .flatMap((each) => podOf(each) ?? [])[0]!;
        const [volume] = pod.spec.volumes!;
        assert.equal('emptyDir' in volume!, overlay === 'managed', own);
      }
    });
  }

  test('webs and workers take the settings that pods give them', () => {
    const { data = {} } = resources.find(({ kind }) => kind === 'ConfigMap')!;
    const secret = { REDIS_URL: 'redis://:x@redis:6379', MARTEAU_ACCESS_TOKEN: 'x'.repeat(20) };
    for (const name of ['web', 'desks', 'nodes']) {
      const pod = resources
        .filter(({ metadata }) => metadata.name === name)
        .flatMap((each) => podOf(each) ?? [])[0]!;
      const [{ env, args }] = pod.spec.containers;
      const own = Object.fromEntries(env.map(({ name: variable, value = 'pod-1' }) => [variable, value]));
      const all = { ...data, ...secret, ...own };
      if (name === 'web') assert.equal(readWebConfig(all, root).host, '0.0.0.0');
      else {
        const config = readWorkerConfig(all);
        assert.deepEqual(config.probes, { host: '0.0.0.0', port: 9464 });
        assert.equal(config.nodesMax, 20);
        const { terminationGracePeriodSeconds: patience } = pod.spec;
        assert.ok(patience * 1000 >= config.deadlines.grace + 40_000, 'what is begun is handed back');
      }
      assert.ok(existsSync(join(root, args[1]!)));
    }
  });

  test('the scaler asks for what the server answers, and starts no more than there may be', () => {
    const { spec } = resources.find(({ kind }) => kind === 'ScaledJob')!;
    const [{ type, metadata }] = spec!.triggers!;
    assert.equal(type, 'metrics-api');
    assert.match(metadata.url, /^http:\/\/web\.marteau\.svc\.cluster\.local:3000\/api\/v1\/scale\?labels=/);
    assert.equal(metadata.valueLocation, 'wanted');
    const { data = {} } = resources.find(({ kind }) => kind === 'ConfigMap')!;
    assert.equal(String(spec!.maxReplicaCount), data.MARTEAU_NODES_MAX);
  });

  test('nodes reach the internet, and neither the cluster nor the metadata of clouds', () => {
    const outside = resources.find(({ metadata }) => metadata.name === 'outside')!;
    const [{ ipBlock }] = outside.spec!.egress![0].to;
    for (const denied of ['169.254.0.0/16', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'])
      assert.ok(ipBlock.except.includes(denied), denied);
  });
});

/** Schemas, and what pods must not have. */
function check(what: string, resources: readonly Resource[]): void {
  for (const resource of resources)
    test(`${what}: ${nameOf(resource)}`, () => {
      const Model = models[resource.kind];
      assert.ok(Model, `no schema of ${resource.kind} is looked at`);
      new Model(resource as never).validate();
      const pod = podOf(resource);
      if (pod === null) return;
      const { spec } = pod;
      assert.equal(spec.automountServiceAccountToken, false);
      assert.equal(spec.securityContext.runAsNonRoot, true);
      assert.deepEqual(spec.securityContext.seccompProfile, { type: 'RuntimeDefault' });
      for (const container of spec.containers) {
        assert.deepEqual(container.securityContext, {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        assert.ok(
          container.livenessProbe && container.resources.limits.memory && container.resources.requests.cpu,
        );
        const volumes = new Set([
          ...(spec.volumes ?? []).map(({ name }) => name),
          ...(resource.spec?.volumeClaimTemplates ?? []).map(({ metadata }) => metadata.name),
        ]);
        for (const { name } of container.volumeMounts) assert.ok(volumes.has(name), name);
      }
    });
}

describe('deploy/systemd', async () => {
  const folder = join(root, 'deploy/systemd');
  const units = globSync('*.service', { cwd: folder });
  const hasSystemd = await works('systemd-analyze', ['--version']);

  for (const unit of units)
    test(`${unit} is understood, starts what is there, and is hardened`, async () => {
      const text = readFileSync(join(folder, unit), 'utf8');
      const [, script] = /^ExecStart=\/opt\/marteau\/node_modules\/\.bin\/node (\S+)$/m.exec(text) ?? [];
      assert.ok(script && existsSync(join(root, script)));
      for (const line of [
        'User=marteau',
        'NoNewPrivileges=yes',
        'CapabilityBoundingSet=',
        'ProtectSystem=strict',
      ])
        assert.match(text, new RegExp(`^${line}$`, 'm'));
      assert.match(text, /^RestartPreventExitStatus=78$/m);
      if (!hasSystemd) return;
      // Where it is to be started is another machine: what stands here takes its place.
      await using temp = await createTempFolder();
      const here = text.replaceAll('/opt/marteau/node_modules/.bin/node', process.execPath);
      const path = join(temp.path, unit.replace('@.', '@one.'));
      await writeFile(path, here.replace(/^(User|Group)=marteau$/gm, '$1=nobody'));
      const { stderr } = await run('systemd-analyze', ['verify', '--man=no', path]).catch((error) => error);
      const own = String(stderr)
        .split('\n')
        .filter((line) => line.includes(basename(path)) || /Unknown|Invalid/.test(line));
      assert.deepEqual(
        own.filter((line) => !/nobody|redis-server/.test(line)),
        [],
      );
    });

  test('the settings beside them are right', () => {
    const env = Object.fromEntries(
      readFileSync(join(folder, 'marteau.env'), 'utf8')
        .split('\n')
        .filter((line) => /^\w+=/.test(line))
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
    assert.equal(readWebConfig(env, root).admins[0], 'you@example.com');
    assert.equal(readWorkerConfig(env).url, 'https://marteau.example.com');
  });
});
