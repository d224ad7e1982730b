// Writes one AppProject for each environment: its allow-list is exactly the kinds its rendered manifests hold.
// Anything else, a ClusterRole say, is refused by Argo CD even if it finds its way into git.
//   node projects.mjs <manifests folder>
import fs from 'node:fs';
import path from 'node:path';
import yaml from 'js-yaml';

const root = process.argv[2];
const environments = {
  dev: { name: 'nura-dev', namespaces: ['nura-dev'], developersSync: true },
  staging: { name: 'nura-staging', namespaces: ['nura-staging'] },
  production: { name: 'nura-prod', namespaces: ['nura-prod'], windows: true },
  'production-dr': { name: 'nura-prod-dr', namespaces: ['nura-prod', 'nura-prod-dr'], windows: true },
};
const repository = 'https://github.com/nura-ai/nura.git';
const header = '# Written by tools/manifests/projects.mjs from the rendered manifests; do not edit.\n';

const groupKinds = documents => [...new Map(documents.map(document => {
  const group = document.apiVersion.includes('/') ? document.apiVersion.split('/')[0] : '';
  return [`${group}/${document.kind}`, { group, kind: document.kind }];
})).entries()].sort(([a], [b]) => a < b ? -1 : 1).map(([, kind]) => kind);

const load = file => yaml.loadAll(fs.readFileSync(file, 'utf8')).filter(Boolean);
const write = (name, document) =>
  fs.writeFileSync(path.join(root, 'argocd', 'projects', `${name}.yaml`), header + yaml.dump(document, { noRefs: true, lineWidth: 160 }));

for (const [environment, { name, namespaces, developersSync, windows }] of Object.entries(environments)) {
  const policies = role => [
    `p, proj:${name}:${role}, applications, get, ${name}/*, allow`,
    `p, proj:${name}:${role}, logs, get, ${name}/*, allow`,
  ];
  write(name, {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: { name, namespace: 'argocd' },
    spec: {
      description: `Nura in ${environment}`,
      sourceRepos: [repository],
      destinations: namespaces.map(namespace => ({ server: 'https://kubernetes.default.svc', namespace })),
      clusterResourceWhitelist: [],
      namespaceResourceWhitelist: groupKinds(['nura', 'jobs'].flatMap(chart => load(path.join(root, 'rendered', environment, `${chart}.yaml`)))),
      // Made by hand, once for each cluster: the database's authorities.
      orphanedResources: { warn: true, ignore: [{ kind: 'ConfigMap', name: 'rds-ca' }] },
      ...windows && {
        // Changes of their own accord only while people are there to see them; a person may sync at any time.
        syncWindows: [{ kind: 'allow', schedule: '0 8 * * 1-4', duration: '8h', timeZone: 'UTC', applications: ['*'], manualSync: true }],
      },
      roles: [
        {
          name: 'developer',
          description: developersSync ? 'Sees everything here and may sync.' : 'Sees everything here.',
          groups: ['nura:developers'],
          policies: [...policies('developer'), ...developersSync ? [`p, proj:${name}:developer, applications, sync, ${name}/*, allow`] : []],
        },
        {
          name: 'devops',
          description: 'Syncs, and promotes or aborts rollouts. What runs is still what is in git.',
          groups: ['nura:devops'],
          policies: [
            ...policies('devops'),
            `p, proj:${name}:devops, applications, sync, ${name}/*, allow`,
            `p, proj:${name}:devops, applications, action/argoproj.io/Rollout/*, ${name}/*, allow`,
          ],
        },
      ],
    },
  });
}
