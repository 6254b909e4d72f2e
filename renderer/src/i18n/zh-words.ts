/** A length as people say it. */
export function length(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (seconds < 60) return `${Math.round(seconds)} 秒`;
  if (minutes < 60) return `${minutes} 分钟`;
  return minutes % 60 === 0 || minutes > 6000
    ? `${Math.round(minutes / 60)} 小时`
    : `${Math.floor(minutes / 60)} 小时 ${minutes % 60} 分`;
}

/** A time in milliseconds. */
export const ms = (value: number) =>
  value < 1000 ? `${Math.max(1, Math.round(value))} 毫秒` : `${(value / 1000).toFixed(1)} 秒`;
