/**
 * How many seconds a Retry-After header asks to wait; undefined for none or one that is not understood.
 *
 * @source RFC 9110, section 10.2.3: whole seconds, or an HTTP date.
 */
export function retryAfterSeconds(header: string | null, now: Date): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header);
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now.getTime()) / 1000));
}
