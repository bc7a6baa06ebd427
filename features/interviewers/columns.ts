import type { Column } from '../../plugins/exports.ts'
import type { Interviewer } from './schemas.ts'

/** The columns of an export; an import uses the same names. */
export const COLUMNS: readonly Column<Interviewer>[] = [
  { header: 'id', value: ({ id }) => id, width: 38 },
  { header: 'name', value: ({ name }) => name, width: 26, printed: 'Name' },
  { header: 'email', value: ({ email }) => email, width: 30, printed: 'Email' },
  { header: 'title', value: ({ title }) => title, width: 22, printed: 'Title' },
  { header: 'department', value: ({ department }) => department, width: 18, printed: 'Department' },
  { header: 'skills', value: ({ skills }) => skills, width: 30, printed: 'Skills' },
  { header: 'interviewTypes', value: ({ interviewTypes }) => interviewTypes, width: 30, printed: 'Interview types' },
  { header: 'timezone', value: ({ timezone }) => timezone, width: 20, printed: 'Time zone' },
  { header: 'status', value: ({ status }) => status, width: 10, printed: 'Status' },
  { header: 'bufferBeforeMinutes', value: ({ bufferBeforeMinutes }) => bufferBeforeMinutes, width: 20 },
  { header: 'bufferAfterMinutes', value: ({ bufferAfterMinutes }) => bufferAfterMinutes, width: 20 },
  { header: 'maxPerDay', value: ({ maxPerDay }) => maxPerDay, width: 11, printed: 'Per day' },
  { header: 'maxPerWeek', value: ({ maxPerWeek }) => maxPerWeek, width: 11, printed: 'Per week' },
  { header: 'weight', value: ({ weight }) => weight, width: 10, printed: 'Weight' },
  { header: 'userId', value: ({ userId }) => userId, width: 38 },
  { header: 'version', value: ({ version }) => version, width: 8 },
  { header: 'createdAt', value: ({ createdAt }) => createdAt, width: 20, instant: true },
  { header: 'updatedAt', value: ({ updatedAt }) => updatedAt, width: 20, instant: true },
]
