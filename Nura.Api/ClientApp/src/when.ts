/** A time as people read it, by their own clock. */
export const when = (time: string): string => new Date(time).toLocaleString("en", { dateStyle: "medium", timeStyle: "short" });
