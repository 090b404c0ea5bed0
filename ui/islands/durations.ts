// Lengths of time in words and digits, the same as the server writes them.

/** "3 hours ago", "in 2 days"; null where a date reads better (ten days and more). */
export function relative(at: number, now: number): string | null {
  const minutes = Math.trunc((at - now) / 60_000);
  const distance = Math.abs(minutes);
  const phrase = (n: number, unit: string) => {
    const words = `${n} ${unit}${n === 1 ? "" : "s"}`;
    return minutes < 0 ? `${words} ago` : `in ${words}`;
  };
  if (distance === 0) return "just now";
  if (distance < 60) return phrase(distance, "minute");
  if (distance < 1440) return phrase(Math.trunc(distance / 60), "hour");
  if (distance < 14_400) return phrase(Math.trunc(distance / 1440), "day");
  return null;
}

/** 4:12, 1:04:12. */
export function digits(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (n: number) => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
