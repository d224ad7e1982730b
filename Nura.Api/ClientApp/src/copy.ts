/** What each button says of itself: a second click must not take "Copied" for it. */
const labels = new WeakMap<HTMLElement, string>();

/** Copies a text; the button says whether it worked. */
export async function copyText(button: HTMLElement, text: string): Promise<void> {
  const label = labels.get(button) ?? button.textContent;
  labels.set(button, label);
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Not allowed";
  }
  setTimeout(() => { button.textContent = label; }, 1500);
}
