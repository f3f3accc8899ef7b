const byteUnits = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** Bytes for people: `16.0 MiB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // As it will be shown: 1023.97 KiB would read "1024.0 KiB".
  while (Number(value.toFixed(1)) >= 1024 && unit < byteUnits.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return unit === 0 ? `${value} B` : `${value.toFixed(1)} ${byteUnits[unit]}`;
}

/** Seconds for people: `0.4 s`, `42 s`, `3 min 20 s`, `2 h 5 min`, `6 d 4 h`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return join(seconds, 60, "min", "s");
  if (seconds < 172_800) return join(seconds / 60, 60, "h", "min");
  return join(seconds / 3600, 24, "d", "h");
}

function join(amount: number, per: number, large: string, small: string): string {
  const whole = Math.round(amount);
  const rest = whole % per;
  return rest === 0 ? `${Math.floor(whole / per)} ${large}` : `${Math.floor(whole / per)} ${large} ${rest} ${small}`;
}

/** A whole number with separators for people: `50,000`. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

/** How many of something, for people: `1 backup`, `2 backups`. */
export function counted(count: number, what: string): string {
  return `${formatCount(count)} ${what}${count === 1 ? "" : "s"}`;
}
