import createError from '@fastify/error'
import type { FastifyInstance } from 'fastify'
import type { Transaction } from '../../db/database.ts'
import { folded } from '../../db/texts.ts'
import type { Caller } from '../../plugins/auth.ts'
import { assertVersion, type ExpectedVersions } from '../../plugins/conditional.ts'
import { found, ValidationError } from '../../plugins/errors.ts'
import { onForeignKey, onUnique } from '../../domain/sql.ts'
import { newId } from '../../domain/lists/fields.ts'
import { entriesRepository } from './entry-repository.ts'
import { MOST_ENTRIES, type Entry, type EntryChanges, type EntryQuery, type NewEntry } from './entry-schemas.ts'
import { KINDS, type Kind } from './kinds.ts'
import { writable } from './write-access.ts'

const SkillTaken = createError<[string]>('SKILL_TAKEN', 'This interviewer already has the skill %s', 409)
const PortfolioFull = createError<[string, number]>(
  'PORTFOLIO_FULL',
  'There is no room for another %s: a portfolio holds at most %d of a kind; remove one first',
  409,
)

/** The columns that the database fills in, and where an entry stands unless it says otherwise. */
const UNSAVED = { position: 0, version: 1, createdAt: '', updatedAt: '' }

type Parts = Pick<FastifyInstance, 'db' | 'audit' | 'idempotency'>

/** The entries of one kind. */
export function entriesService({ db, audit, idempotency }: Parts, kind: Kind) {
  const entriesOn = entriesRepository(kind)
  const entityType = `portfolio_${kind.noun}`

  return {
    list: (query: EntryQuery) => entriesOn(db).list(query),

    find: async (id: string) => found(await entriesOn(db).find(id), kind.noun),

    create: (actor: Caller, body: NewEntry): Promise<Entry> =>
      idempotency.once(actor, async tx => {
        const entries = entriesOn(tx)
        const id = newId()
        const entry = inOrder({ ...UNSAVED, ...kind.defaults, ...body, id })
        await writable(tx, actor, body.interviewerId)
        assertRoom(kind, await entries.countOf(body.interviewerId))
        await assertNew(tx, kind, entry)
        await write(entries.insert(entry), entry)
        const after = found(await entries.find(id), kind.noun)
        await audit.record(tx, actor, { action: 'create', entityType, entityId: id, after })
        return after
      }),

    /** Changes the fields that are sent. */
    update: (actor: Caller, id: string, changes: EntryChanges, expected: ExpectedVersions): Promise<Entry> =>
      db.transaction(async tx => {
        const entries = entriesOn(tx)
        const before = await changeable(tx, actor, found(await entries.find(id), kind.noun), expected)
        const wanted = inOrder({ ...before, ...changes })
        await assertNew(tx, kind, wanted)
        await write(entries.update(wanted), wanted)
        const after = found(await entries.find(id), kind.noun)
        await audit.record(tx, actor, { action: 'update', entityType, entityId: id, before, after })
        return after
      }),

    delete: (actor: Caller, id: string, expected: ExpectedVersions): Promise<void> =>
      db.transaction(async tx => {
        const entries = entriesOn(tx)
        const before = await changeable(tx, actor, found(await entries.find(id), kind.noun), expected)
        await entries.delete(id)
        await audit.record(tx, actor, { action: 'delete', entityType, entityId: id, before })
      }),
  }
}

/** The entry, when the actor may change it and expects this version of it; else throws a 403 or a 412. */
async function changeable(tx: Transaction, actor: Caller, entry: Entry, expected: ExpectedVersions): Promise<Entry> {
  await writable(tx, actor, entry.interviewerId)
  assertVersion(entry.version, expected)
  return entry
}

function write(statement: Promise<unknown>, { interviewerId, ...fields }: Entry): Promise<unknown> {
  return statement
    .catch(onUnique(() => new SkillTaken(String(fields['name'])), 'portfolio_skills_name'))
    .catch(onForeignKey(() => new ValidationError('/interviewerId', interviewerId, 'there is no such interviewer')))
}

/** Transactions run one after the other, so two cannot take the last place at the same time. */
function assertRoom({ noun }: Kind, taken: number): void {
  if (taken >= MOST_ENTRIES) throw new PortfolioFull(noun, MOST_ENTRIES)
}

/** The database knows the case of ASCII alone, and is what stops everybody else who writes. */
async function assertNew(tx: Transaction, kind: Kind, { id, interviewerId, ...fields }: Entry): Promise<void> {
  if (kind.noun !== KINDS.skills.noun) return
  const name = folded(String(fields['name']))
  const others = (await entriesRepository(kind)(tx).allOf(interviewerId)).filter(other => other.id !== id)
  if (others.some(other => folded(String(other['name'])) === name)) throw new SkillTaken(String(fields['name']))
}

/** The coarser of two dates decides: an entry may begin and end in the same month. Throws a 400. */
function inOrder(entry: Entry): Entry {
  const { startDate, endDate } = entry
  if (typeof startDate !== 'string' || typeof endDate !== 'string') return entry
  const precision = Math.min(startDate.length, endDate.length)
  if (startDate.slice(0, precision) <= endDate.slice(0, precision)) return entry
  throw new ValidationError('/endDate', endDate, `endDate is before startDate, ${startDate}`)
}
