/** The last days up to today as `YYYY-MM-DD`, oldest first; days are those of UTC, as the server's are. */
export const lastDays = (now: Date, count: number): string[] =>
  Array.from({ length: count }, (_, at) => new Date(now.getTime() - (count - 1 - at) * 86_400_000).toISOString().slice(0, 10));

/** The cost of each of these days; the server leaves out days without calls. */
export function costPerDay(days: string[], sums: { group: Record<string, string>; cost: number }[]): number[] {
  const known = new Map(sums.map((sum) => [sum.group["day"], sum.cost]));
  return days.map((day) => known.get(day) ?? 0);
}
