/**
 * Text as SQL's lower() makes it on both databases, which fold the letters of ASCII alone: what is compared with
 * `lower(column)` is folded here, as a server would fold a parameter by rules of its own locale.
 */
export function folded(text: string): string {
  return text.replaceAll(/[A-Z]+/g, letters => letters.toLowerCase())
}
