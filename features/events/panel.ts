import { ValidationError } from '../../plugins/errors.ts'
import type { PanelMember } from '../../domain/interviews/schemas.ts'
import { assertNotShadowsAlone } from '../../domain/panels/search.ts'
import type { NewPanel, Replace } from './schemas.ts'

/** With somebody to come in the place of who goes. */
export type Replacing = Replace & { readonly withInterviewerId: string }

type Panel = PanelMember[]

/**
 * A panel as it was asked for; who sat on it before keeps their response. Throws a ValidationError when somebody sits
 * twice, or when only shadows do.
 */
export function panelFrom(panel: NewPanel, before: Panel = []): Panel {
  const seated = new Map(before.map(member => [member.interviewerId, member]))
  const seen = new Set<string>()
  for (const [seat, { interviewerId }] of panel.entries()) {
    if (seen.has(interviewerId)) {
      throw new ValidationError(`/panel/${seat}/interviewerId`, interviewerId, 'sits on this panel twice')
    }
    seen.add(interviewerId)
  }
  assertNotShadowsAlone('/panel', panel)
  return panel.map(({ interviewerId, role = 'interviewer' }) => ({
    ...(seated.get(interviewerId) ?? newSeat(interviewerId)),
    role,
  }))
}

/** Somebody who has just been asked. Name and address are read back from the database. */
function newSeat(interviewerId: string): PanelMember {
  return { interviewerId, name: '', email: '', role: 'interviewer', response: 'needs_action', respondedAt: null }
}

/** Everybody is asked anew: who accepted one time has not accepted another (RFC 5546 §3.2.2.1). */
export function unanswered(panel: Panel): Panel {
  return panel.map(member => ({ ...member, response: 'needs_action', respondedAt: null }))
}

/** The panel with the answer of one of them. */
export function answered(panel: Panel, interviewerId: string, response: PanelMember['response']): Panel {
  const respondedAt = new Date().toISOString()
  return panel.map(member => (member.interviewerId === interviewerId ? { ...member, response, respondedAt } : member))
}

/** Throws a ValidationError unless somebody sits on a panel. */
export function assertSeated(panel: Panel, interviewerId: string): void {
  if (panel.some(member => member.interviewerId === interviewerId)) return
  throw new ValidationError('/interviewerId', interviewerId, 'does not sit on this panel')
}

/** The panel with one in the seat of another, who has just been asked. Throws a ValidationError that names the field. */
export function replacedIn(panel: Panel, { interviewerId, withInterviewerId }: Replacing): Panel {
  assertSeated(panel, interviewerId)
  if (panel.some(member => member.interviewerId === withInterviewerId)) {
    throw new ValidationError('/withInterviewerId', withInterviewerId, 'sits on this panel already')
  }
  return panel.map(member =>
    member.interviewerId === interviewerId ? { ...newSeat(withInterviewerId), role: member.role } : member,
  )
}
