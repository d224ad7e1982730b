// All rules, and how they are run.
import cluster from './cluster.mjs';
import edge from './edge.mjs';
import { exemptions } from './exemptions.mjs';
import network from './network.mjs';
import { planModel } from './plan-model.mjs';
import platform from './platform.mjs';
import stores from './stores.mjs';

export const rules = [...network, ...cluster, ...stores, ...platform, ...edge];

/**
 * Violations of one root's plan: `{ id, title, ref, address }`. What an exemption names is left out, until the
 * exemption's own last day.
 */
export function evaluate(plan, { root, today }) {
  const model = planModel(plan, { root });
  const exempt = (id, address) => exemptions.some(e => e.id === id && e.root === root && address.includes(e.address) && e.until >= today);
  return rules.flatMap(rule => rule.check(model).filter(address => !exempt(rule.id, address)).map(address => ({ id: rule.id, title: rule.title, ref: rule.ref, address })));
}

/** How many resources each rule looked at, by id: a rule that sees nothing proves nothing. */
export const reach = (plan, { root }) => {
  const model = planModel(plan, { root });
  return Object.fromEntries(rules.map(rule => [rule.id, rule.subjects(model)]));
};
