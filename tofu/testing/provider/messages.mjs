// Our schema form -> the protocol's schema messages.

const nestings = { single: 1, list: 2, set: 3, map: 4 };

function blockMessage({ attributes, blocks }) {
  return {
    version: 0,
    attributes: Object.entries(attributes).map(([name, attribute]) => ({
      name,
      type: Buffer.from(JSON.stringify(attribute.type)),
      required: Boolean(attribute.required),
      // The protocol wants one of the three; what the bindings leave without a flag is optional.
      optional: !attribute.required && Boolean(attribute.optional || !attribute.computed),
      computed: Boolean(attribute.computed),
      sensitive: Boolean(attribute.sensitive),
      write_only: Boolean(attribute.writeOnly),
    })),
    block_types: Object.entries(blocks).map(([name, block]) => ({
      type_name: name,
      nesting: nestings[block.nesting],
      min_items: ['list', 'set'].includes(block.nesting) ? block.min : 0,
      max_items: ['list', 'set'].includes(block.nesting) ? block.max : 0,
      block: blockMessage(block),
    })),
  };
}

const schemaMessage = block => ({ version: 0, block: blockMessage(block) });
const schemaMap = types => Object.fromEntries(Object.entries(types).map(([type, block]) => [type, schemaMessage(block)]));

/** Answer to GetSchema. */
export const providerSchemaMessage = schema => ({
  provider: schemaMessage(schema.provider),
  resource_schemas: schemaMap(schema.resources),
  data_source_schemas: schemaMap(schema.data),
  ephemeral_resource_schemas: schemaMap(schema.ephemeral),
});
