import { ValidationError } from '../../plugins/errors.ts'
import type { PanelMember } from '../../domain/interviews/schemas.ts'
import { assertNotShadowsAlone } from '../../domain/panels/search.ts'
import type { NewPanel, Replace } from './schemas.ts'

/** A replacement whose person is known. */
export type Replacing = Replace & { readonly withInterviewerId: string }

type Panel = PanelMember[]

/**
 * The panel that a client asked for; people who were on it before keep their response. Throws a ValidationError when
 * somebody is on it twice, or when it has nobody but shadows.
 */
export function panelFrom(panel: NewPanel, before: Panel = []): Panel {
  const seated = new Map(before.map(member => [member.interviewerId, member]))
  const seen = new Set<string>()
  for (const [seat, { interviewerId }] of panel.entries()) {
    if (seen.has(interviewerId)) {
      throw new ValidationError(`/panel/${seat}/interviewerId`, interviewerId, 'is on this panel twice')
    }
    seen.add(interviewerId)
  }
  assertNotShadowsAlone('/panel', panel)
  return panel.map(({ interviewerId, role = 'interviewer' }) => ({
    ...(seated.get(interviewerId) ?? newSeat(interviewerId)),
    role,
  }))
}

/** A seat whose person has not answered yet. Name and address are read back from the database. */
function newSeat(interviewerId: string): PanelMember {
  return { interviewerId, name: '', email: '', role: 'interviewer', response: 'needs_action', respondedAt: null }
}

/** The panel without its answers: to accept one time is not to accept another (RFC 5546 §3.2.2.1). */
export function unanswered(panel: Panel): Panel {
  return panel.map(member => ({ ...member, response: 'needs_action', respondedAt: null }))
}

/** The panel with the answer of one person. */
export function answered(panel: Panel, interviewerId: string, response: PanelMember['response']): Panel {
  const respondedAt = new Date().toISOString()
  return panel.map(member => (member.interviewerId === interviewerId ? { ...member, response, respondedAt } : member))
}

/** Throws a ValidationError unless the interviewer is on the panel. */
export function assertSeated(panel: Panel, interviewerId: string): void {
  if (panel.some(member => member.interviewerId === interviewerId)) return
  throw new ValidationError('/interviewerId', interviewerId, 'is not on this panel')
}

/** The panel with another person in a seat, who has not answered yet. Throws a ValidationError that names the field. */
export function replacedIn(panel: Panel, { interviewerId, withInterviewerId }: Replacing): Panel {
  assertSeated(panel, interviewerId)
  if (panel.some(member => member.interviewerId === withInterviewerId)) {
    throw new ValidationError('/withInterviewerId', withInterviewerId, 'is on this panel already')
  }
  return panel.map(member =>
    member.interviewerId === interviewerId ? { ...newSeat(withInterviewerId), role: member.role } : member,
  )
}
