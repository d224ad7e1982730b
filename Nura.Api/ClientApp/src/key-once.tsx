import { useEffect, useRef } from "preact/hooks";
import type { NewKey } from "./api.ts";
import { copyText } from "./copy.ts";

/** The only time that a key is seen. */
export function KeyOnce({ made: { key, view, aws }, done }: { made: NewKey; done: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section class="once" aria-labelledby="once">
      <h2 id="once" ref={heading} tabIndex={-1}>The key "{view.name}" is made</h2>
      <p>{aws ? "These are" : "It is"} shown only now. Copy what you need before you leave this page.</p>
      <dl>
        <Secret name="API key" value={key} />
        {aws && <Secret name="AWS access key id" value={aws.accessKeyId} />}
        {aws && <Secret name="AWS secret access key" value={aws.secretAccessKey} />}
      </dl>
      {aws && <p class="hint">The AWS values are for clients that sign their requests to Nura.</p>}
      <button type="button" class="primary" onClick={done}>Done</button>
    </section>
  );
}

function Secret({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd><code>{value}</code> <button type="button" onClick={(event) => copyText(event.currentTarget, value)}>{`Copy ${name}`}</button></dd>
    </div>
  );
}
