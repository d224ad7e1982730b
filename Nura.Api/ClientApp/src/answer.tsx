import { useMemo, useRef } from "preact/hooks";
import { shortCitation, writeCitation } from "./citation.ts";
import { copyText } from "./copy.ts";
import { StreamingMarkdown } from "./markdown.ts";
import { money } from "./money.ts";
import { Rating } from "./rating.tsx";
import { showSource, working } from "./state.ts";
import type { Exchange } from "./state.ts";

/** The model that answered, and which it stood in for if another was chosen, by the person or by Nura. */
function answeredBy({ chosen, done }: Exchange): string | undefined {
  return done?.model && chosen && done.model !== chosen ? `${done.model} in place of ${chosen}` : done?.model;
}

/** @param actions what the person may do about it; a reader nothing */
export function Answer({ exchange, busy, actions }: { exchange: Exchange; busy: boolean; actions?: { retry: () => void; edit: () => void; rate: (good: boolean | undefined) => Promise<void> } }) {
  const markdown = useRef(new StreamingMarkdown());
  const tokens = (exchange.done?.inputTokens ?? 0) + (exchange.done?.outputTokens ?? 0);
  const blocks = useMemo(() => markdown.current.render(exchange.text), [exchange.text]);

  const onClick = (event: MouseEvent) => {
    const target = event.target as HTMLElement;
    const cited = target.closest<HTMLElement>("[data-cite]");
    if (cited) showSource(cited.dataset["cite"]!);
    const copy = target.closest<HTMLElement>(".copy");
    if (copy) void copyText(copy, copy.closest(".code")!.querySelector("code")!.textContent ?? "");
  };

  return (
    <article class="exchange">
      <h2 class="question">{exchange.question}</h2>
      {actions && <p class="asked"><button type="button" class="quiet" title="Puts the question into the field below, to be asked anew" onClick={actions.edit}>Edit question</button></p>}
      {exchange.steps.length > 0 && (
        <details class="steps">
          <summary>{exchange.steps.at(-1)!.summary}</summary>
          <ol>{exchange.steps.map((step, at) => <li key={at}><code>{step.name}</code> {step.summary} <small>{Math.round(step.elapsedMs)} ms</small></li>)}</ol>
        </details>
      )}
      <div class="answer" onClick={onClick}>
        {blocks.map((html, at) => <div key={at} dangerouslySetInnerHTML={{ __html: html }} />)}
        {working(exchange) && <p class="working" aria-hidden="true"><span /><span /><span /></p>}
      </div>
      {exchange.error && (
        <p class="notice" role="alert"><strong>{exchange.error.title}</strong> {exchange.error.detail} {actions && <button type="button" disabled={busy} onClick={actions.retry}>Ask again</button>}</p>
      )}
      {exchange.state === "stopped" && <p class="hint">Stopped. {actions && <button type="button" class="quiet" disabled={busy} onClick={actions.retry}>Ask again</button>}</p>}
      {exchange.state === "withheld" && <p class="hint">This answer may draw on repositories that you cannot see.</p>}
      {exchange.done?.finishReason === "length" && <p class="hint">The answer was cut at the model's length limit. Ask for the rest to read on.</p>}
      {exchange.sources.length > 0 && !working(exchange) && (
        <div class="sources">
          <h3>Sources</h3>
          <ul>
            {[...new Map(exchange.sources.map((source) => [writeCitation(source.citation), source.citation])).entries()].map(([written, citation]) => (
              <li key={written}><button type="button" class="cite" title={written} onClick={() => showSource(written)}>{shortCitation(citation)}</button></li>
            ))}
          </ul>
        </div>
      )}
      {exchange.done && (
        <p class="meta">
          {[
            answeredBy(exchange),
            // A model that was cut off has not told how many it took.
            tokens > 0 ? `${tokens} tokens` : undefined,
            typeof exchange.done.costUsd === "number" ? money(exchange.done.costUsd) : undefined,
            `${exchange.done.citationsVerified} verified ${exchange.done.citationsVerified === 1 ? "citation" : "citations"}`,
            exchange.done.citationsRemoved > 0 ? `${exchange.done.citationsRemoved} removed that did not resolve` : undefined,
          ].filter(Boolean).join(" · ")}
          {exchange.text && <button type="button" class="quiet" onClick={(event) => copyText(event.currentTarget, exchange.text)}>Copy</button>}
          {actions && exchange.state === "completed" && <Rating good={exchange.good} rate={actions.rate} />}
        </p>
      )}
    </article>
  );
}
