// The provider's methods. No network, no cloud: state is what the configuration says, completed with what AWS would add.
import { appendFileSync } from 'node:fs';
import { decode, encode, hasUnknown, unknown } from './codec.mjs';
import { answers as dataAnswers } from './data-sources.mjs';
import { answers as ephemeralAnswers, isCanary } from './ephemeral.mjs';
import { providerSchemaMessage } from './messages.mjs';
import { planned, replacements, resolved, upgraded, withAllTags } from './planning.mjs';
import { diagnose } from './validation.mjs';

/** Service object for one schema. `trace` names a file that gets one JSON line for each secret handed over at apply. */
export function offlineProvider(schema, { trace } = {}) {
  const settings = { region: 'us-east-1', defaultTags: {} };
  let schemaMessage;

  const answer = method => (call, reply) => {
    try {
      reply(null, method(call.request));
    } catch (problem) {
      reply(null, { diagnostics: [{ severity: 'ERROR', summary: 'Offline provider', detail: problem.message }] });
    }
  };
  const noteSecrets = (type, block, config) => {
    if (!trace || !config) return;
    for (const [name, attribute] of Object.entries(block.attributes)) {
      if (attribute.writeOnly && isCanary(config[name])) appendFileSync(trace, `${JSON.stringify({ type, attribute: name })}\n`);
    }
  };

  return {
    GetSchema: answer(() => (schemaMessage ??= providerSchemaMessage(schema))),
    PrepareProviderConfig: answer(({ config }) => ({ prepared_config: config })),
    Configure: answer(({ config }) => {
      const values = decode(config);
      if (typeof values?.region === 'string') settings.region = values.region;
      settings.defaultTags = values?.default_tags?.[0]?.tags ?? {};
      return {};
    }),
    ValidateResourceTypeConfig: answer(({ type_name: type, config }) => ({ diagnostics: diagnose(type, decode(config)) })),
    ValidateDataSourceConfig: answer(() => ({})),
    ValidateEphemeralResourceConfig: answer(() => ({})),
    UpgradeResourceState: answer(({ type_name: type, raw_state: raw }) =>
      ({ upgraded_state: encode(upgraded(schema.resources[type], JSON.parse(raw.json))) })),
    ReadResource: answer(({ current_state: state, private: secret }) => ({ new_state: state, private: secret })),
    PlanResourceChange: answer(({ type_name: type, prior_state, proposed_new_state, config }) => {
      const block = schema.resources[type];
      const proposed = decode(proposed_new_state);
      if (proposed === null) return { planned_state: proposed_new_state, legacy_type_system: true };
      const prior = decode(prior_state);
      const plan = withAllTags(block, planned(block, proposed, decode(config), prior), settings.defaultTags);
      if (plan.region === unknown) plan.region = settings.region;
      return { planned_state: encode(plan), requires_replace: replacements(type, prior, plan), legacy_type_system: true };
    }),
    ApplyResourceChange: answer(({ type_name: type, planned_state, config }) => {
      const block = schema.resources[type];
      const plan = decode(planned_state);
      if (plan === null) return { new_state: planned_state, legacy_type_system: true };
      noteSecrets(type, block, decode(config));
      const state = resolved({ type, region: settings.region }, block, withAllTags(block, plan, settings.defaultTags));
      return { new_state: encode(state), legacy_type_system: true };
    }),
    ReadDataSource: answer(({ type_name: type, config }) => {
      const block = schema.data[type];
      const values = decode(config);
      if (hasUnknown(values)) throw new Error(`${type} was read with unknown arguments`);
      if (!dataAnswers[type]) throw new Error(`The data source ${type} has no offline answer. Add one to testing/provider/data-sources.mjs.`);
      const region = values.region ?? settings.region;
      const state = { ...values, ...('region' in block.attributes && { region }), ...dataAnswers[type](values, region, settings.defaultTags) };
      return { state: encode(state) };
    }),
    OpenEphemeralResource: answer(({ type_name: type, config }) => {
      const values = decode(config);
      return { result: encode({ ...values, ...ephemeralAnswers[type](values) }), private: Buffer.from(type) };
    }),
    CloseEphemeralResource: answer(() => ({})),
    Stop: answer(() => ({})),
  };
}
