import { Type } from '@sinclair/typebox'

const Count = (description: string) => Type.Integer({ minimum: 0, description })

export const CacheStatistics = Type.Object(
  {
    entries: Count('How many answers are kept and still true'),
    bytes: Count('What they take'),
    maxBytes: Count('What they may take (CACHE_MAX_BYTES); 0: nothing is kept'),
    hits: Count('Requests that were answered from memory'),
    misses: Count('Requests that were not, though their answers may be kept'),
    invalidations: Type.Record(Type.String(), Type.Integer(), {
      description: 'How often each table has changed, and the answers read from it were dropped',
    }),
  },
  {
    $id: 'CacheStatistics',
    description: 'The statistics of the cache of this process since it started',
    examples: [
      {
        entries: 120,
        bytes: 184_320,
        maxBytes: 67_108_864,
        hits: 9_400,
        misses: 310,
        invalidations: { events: 12, interviewers: 3 },
      },
    ],
  },
)
