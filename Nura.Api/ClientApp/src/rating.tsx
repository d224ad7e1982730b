import { useRef } from "preact/hooks";

/** Lets the owner say whether an answer was good; pressing what is pressed takes it back. */
export function Rating({ good, rate }: { good?: boolean; rate: (good: boolean | undefined) => Promise<void> }) {
  const sending = useRef(false);
  const press = async (pressed: boolean) => {
    // Of two at once nobody knows which one the server has last.
    if (sending.current) return;
    sending.current = true;
    await rate(pressed === good ? undefined : pressed);
    sending.current = false;
  };
  return (
    <>
      <Thumb name="Good answer" pressed={good === true} press={() => press(true)} />
      <Thumb name="Bad answer" pressed={good === false} press={() => press(false)} down />
    </>
  );
}

/** Drawn, not written: not every system has the characters. */
function Thumb({ name, pressed, press, down }: { name: string; pressed: boolean; press: () => void; down?: boolean }) {
  return (
    <button type="button" class={down ? "quiet thumb down" : "quiet thumb"} aria-pressed={pressed} aria-label={name} title={name} onClick={press}>
      <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M7 10.5 11 3c1.6 0 2.6 1.3 2.3 2.8L12.6 9H19c1.3 0 2.2 1.2 1.9 2.4l-1.7 7A2 2 0 0 1 17.3 20H7zM3 10.5h4V20H3z" /></svg>
    </button>
  );
}
