// Decides Argo CD RBAC requests the way Argo CD does: casbin with its model, glob matching, and a deny that beats every allow.
//   node rbac.mjs policy.csv < cases.json      cases: [[subject, resource, action, object], ...]; prints [true, false, ...]
import fs from 'node:fs';
import { newEnforcer, newModelFromString, StringAdapter } from 'casbin';

const model = newModelFromString(`
[request_definition]
r = sub, res, act, obj
[policy_definition]
p = sub, res, act, obj, eft
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = g(r.sub, p.sub) && argoGlob(r.res, p.res) && argoGlob(r.act, p.act) && argoGlob(r.obj, p.obj)
`);
const enforcer = await newEnforcer(model, new StringAdapter(fs.readFileSync(process.argv[2], 'utf8')));
// Argo CD's "*" crosses slashes, unlike in casbin's own globMatch.
const expression = glob => new RegExp(`^${glob.replace(/[.+^${}()|\\[\]]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.')}$`);
enforcer.addFunction('argoGlob', (value, pattern) => expression(pattern).test(value));
const cases = JSON.parse(fs.readFileSync(0, 'utf8'));
console.log(JSON.stringify(await Promise.all(cases.map(request => enforcer.enforce(...request)))));
