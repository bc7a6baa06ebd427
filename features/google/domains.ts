import { domainToASCII } from 'node:url'

/** Accounts with such an address belong to no organisation, so Google names no hosted domain for them. */
const PERSONAL = new Set(['gmail.com', 'googlemail.com'])

/**
 * Whether somebody may sign in where only these domains may; with none of them everybody may. The address alone does
 * not tell: whoever had a mailbox once could have made a personal account of it. An organisation's account has its `hd`.
 */
export function isAllowed(allowed: readonly string[], email: string, hostedDomain: string | undefined): boolean {
  if (allowed.length === 0) return true
  const domains = allowed.map(domain => domainToASCII(domain))
  const domain = domainToASCII(email.slice(email.lastIndexOf('@') + 1))
  if (!domains.includes(domain)) return false
  return hostedDomain === undefined ? PERSONAL.has(domain) : domains.includes(domainToASCII(hostedDomain))
}

/** The organisation whose accounts Google should offer, when there is one alone. */
export function onlyOrganisation(allowed: readonly string[]): string | undefined {
  const [only, ...others] = allowed
  return only === undefined || others.length > 0 || PERSONAL.has(only) ? undefined : only
}
