// MessagePack as the plugin protocol uses it: values that are not known yet travel as extension type 0,
// or 12 when the caller adds what it knows about them.
import { Decoder, Encoder, ExtensionCodec } from '@msgpack/msgpack';

class Unknown {}

/** The one value that stands for "known after apply". */
export const unknown = new Unknown();

const extensions = new ExtensionCodec();
extensions.register({ type: 0, encode: value => (value instanceof Unknown ? new Uint8Array([0]) : null), decode: () => unknown });
extensions.register({ type: 12, encode: () => null, decode: () => unknown });

export const encode = value => ({ msgpack: Buffer.from(new Encoder({ extensionCodec: extensions }).encode(value)) });

export const decode = dynamic => (dynamic?.msgpack?.length ? new Decoder({ extensionCodec: extensions }).decode(dynamic.msgpack) : null);

/** Whether a value, or anything inside it, is unknown. */
export function hasUnknown(value) {
  if (value === unknown) return true;
  return value !== null && typeof value === 'object' && Object.values(value).some(hasUnknown);
}
